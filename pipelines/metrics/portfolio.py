"""The mart `portfolio`: every model, compute pool and dataset with its cost, value and return."""

from collections.abc import Sequence

import polars as pl

from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import (
    UNCONVERTED_LINES,
    UNPRICED_REQUESTS,
    feed_is_loaded,
    status_and_reason,
)

EXACT = pl.Decimal(38, 12)
MODEL, POOL, DATASET = "model", "compute_pool", "dataset"
KEYS = ("item_kind", "item_id")
TEXTS = ("basis", "evidence_grade", "status", "reason")
DATES = ("first_month", "last_month")
MONEY = ("cost_usd", "learning_compute_usd", "value_usd", "net_usd")
ENDS = ("", "_ci_low", "_ci_high")
SHARES = ("cost_share", *(f"roi_ratio{end}" for end in ENDS))
NOBODY = ("(no usage)", "(unallocated)")


def portfolio(
    usage: pl.LazyFrame,
    releases: pl.LazyFrame,
    pools: pl.LazyFrame,
    dataset_returns: pl.LazyFrame,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    portfolio_months: int,
) -> pl.LazyFrame:
    """One row per model, compute pool and dataset: cost, value, return on cost, and rank.

    Models and pools over the last `portfolio_months` complete months: a model costs its inference
    of every purpose and the compute its releases took, and is worth the revenue of its calls; a
    pool costs its bill and is worth the revenue of the calls it served. Datasets over their life,
    as in `dataset_roi`. ROI = (value - cost) / cost; ranked within a kind. The kinds look at the
    same dollars from three sides, and are not to be added.

    Null: the return without cost, or of what serves no call; rank likewise.
    Source: the article's question where intelligence earns its keep.
    """
    window = _window(months, portfolio_months)
    items = [_models(usage, releases, window), _pools(pools, window)]
    judged = [item.join(feed_is_loaded(coverage, "revenue"), how="cross") for item in items]
    rows = [item.with_columns(**_returns()).with_columns(_status()) for item in judged]
    return (
        pl.concat([*rows, _datasets(dataset_returns)], how="diagonal_relaxed")
        .with_columns(_rank(), cost_share=ratio(pl.col("cost_usd"), _total_cost()))
        .select(*KEYS, *TEXTS, *DATES, *MONEY, "billable_requests", "rank_number", *SHARES)
        .sort("item_kind", "rank_number", "item_id", nulls_last=True)
    )


def _window(months: pl.LazyFrame, count: int) -> pl.LazyFrame:
    """One row: the last complete months; all that there are where none is complete."""
    month = pl.col("usage_month")
    newest = pl.coalesce(month.filter("is_complete").max(), month.max())
    return months.select(
        first_month=pl.max_horizontal(newest.dt.offset_by(f"-{count - 1}mo"), month.min()),
        last_month=newest,
        basis=pl.lit("months"),
    )


def _within(rows: pl.LazyFrame, window: pl.LazyFrame, day: pl.Expr) -> pl.LazyFrame:
    return rows.join(window, how="cross").filter(
        day.is_between(pl.col("first_month"), pl.col("last_month").dt.month_end())
    )


def _models(usage: pl.LazyFrame, releases: pl.LazyFrame, window: pl.LazyFrame) -> pl.LazyFrame:
    named = usage.filter(~pl.col("model").is_in(NOBODY).fill_null(value=False))
    served = _within(named, window, pl.col("usage_month"))
    sums = _summed(served, pl.coalesce("model", pl.lit("(unknown)")), ["unpriced_requests"])
    promoted = _within(releases, window, pl.col("promoted_date"))
    learnt = promoted.group_by(item_id=pl.col("model")).agg(
        learning_compute_usd=pl.col("compute_usd").sum()
    )
    return sums.join(learnt, on="item_id", how="left", validate="1:1").with_columns(
        item_kind=pl.lit(MODEL),
        cost_usd=pl.col("cost_usd") + pl.col("learning_compute_usd").fill_null(0),
        unconverted_lines=pl.lit(0, dtype=pl.Int64),
    )


def _pools(pools: pl.LazyFrame, window: pl.LazyFrame) -> pl.LazyFrame:
    served = _within(pools, window, pl.col("usage_month"))
    return _summed(served, pl.col("gpu_pool"), ["unconverted_lines"]).with_columns(
        item_kind=pl.lit(POOL), unpriced_requests=pl.lit(0, dtype=pl.Int64)
    )


def _summed(rows: pl.LazyFrame, item: pl.Expr, counts: Sequence[str]) -> pl.LazyFrame:
    sums = ("cost_usd", "revenue_usd", "billable_requests", *counts)
    return rows.group_by(item.alias("item_id"), "first_month", "last_month", "basis").agg(
        pl.col(sums).sum()
    )


def _returns() -> dict[str, pl.Expr]:
    """A call that nobody pays for has a cost; what serves no call at all has no value to see."""
    earns = pl.col("has_revenue") & (pl.col("billable_requests") > 0)
    value = pl.when(earns).then("revenue_usd")
    return {
        "value_usd": value,
        "net_usd": value - pl.col("cost_usd"),
        "roi_ratio": ratio(value - pl.col("cost_usd"), positive(pl.col("cost_usd"))),
    }


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            (~pl.col("has_revenue"), "missing_feeds: revenue"),
            (positive(pl.col("cost_usd")).is_null(), "no_cost"),
            (pl.col("billable_requests") == 0, "no_billable_inference"),
        ],
        provisional=[UNPRICED_REQUESTS, UNCONVERTED_LINES],
    )


def _datasets(returns: pl.LazyFrame) -> pl.LazyFrame:
    value = pl.col("gain_value_usd").round(12).cast(EXACT)
    return returns.select(
        "evidence_grade",
        "status",
        "reason",
        item_kind=pl.lit(DATASET),
        item_id="dataset_id",
        basis=pl.lit("life"),
        cost_usd="data_cost_usd",
        value_usd=value,
        net_usd=value - pl.col("data_cost_usd"),
        **{f"roi_ratio{end}": pl.col(f"dataset_roi_ratio{end}") for end in ENDS},
    )


def _total_cost() -> pl.Expr:
    return positive(pl.col("cost_usd").sum().over("item_kind"))


def _rank() -> pl.Expr:
    """1 for the best return of a kind; equal returns share a rank."""
    rank = pl.col("roi_ratio").rank("min", descending=True).over("item_kind")
    return rank.cast(pl.Int64).alias("rank_number")
