"""The mart `data_efficiency_score`: the part of the collected data that is unique and used."""

import polars as pl

from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    MISSING_FEEDS,
    UNCONVERTED_LINES,
    missing_feeds,
    status_and_reason,
    verdict,
)

KEYS = ("dataset_id", "usage_month", "counted_date")
TEXTS = ("scope_kind", "count_basis", "use_basis", "verdict", "status", "reason")
VINTAGES = ("30_days_", "60_days_", "90_days_")
TOTALS = ("collected", "unique", "near_unique", "used")
COUNTS = tuple(f"{name}_record_count" for name in TOTALS)
MONEY = ("data_cost_usd", "used_data_cost_usd")
SHARES = (
    "data_efficiency_share",
    "cost_weighted_data_efficiency_share",
    *(f"data_efficiency_{vintage}share" for vintage in VINTAGES),
)
EXACT = pl.Decimal(38, 12)
PRODUCT = "(all)"


def data_efficiency_score(
    dataset_months: pl.LazyFrame, months: pl.LazyFrame, coverage: pl.LazyFrame
) -> pl.LazyFrame:
    """One row per dataset and month, and per month for the product: unique used / collected data.

    data efficiency = unique records used by a promoted version / all records collected. Weighted by
    cost: the share of what data cost that went into such records. By vintage: of the records that
    are at least 30, 60 or 90 days old, for fresh data had no time to be used. Counts are exact, so
    there is no interval. The goal is to rise: the verdict compares with the month before.

    Null: nothing collected; use unknown; a vintage where records were not delivered; weighted by
    cost where no cost names a dataset.
    Source: the article's table of metrics, "data efficiency score".
    """
    sources = missing_feeds(coverage, "training_runs", "model_versions")
    datasets = dataset_months.with_columns(
        scope_kind=pl.lit("dataset"), used_data_cost_usd=_used_cost()
    )
    return (
        pl.concat([datasets, _product(datasets)], how="diagonal_relaxed")
        .join(months.select("usage_month", "is_complete"), on="usage_month", validate="m:1")
        .join(sources, how="cross")
        .with_columns(**_shares())
        .with_columns(_month_before())
        .with_columns(_verdict())
        .with_columns(_status())
        .select(*KEYS, *TEXTS, *MONEY, *COUNTS, "unconverted_lines", *SHARES, "goal")
        .sort("usage_month", "scope_kind", "dataset_id")
    )


def _used_cost() -> pl.Expr:
    """What the dataset cost, times the part of it that is unique and used."""
    used = ratio(pl.col("used_record_count"), pl.col("collected_record_count"))
    return (pl.col("data_cost_usd").cast(pl.Float64) * used).round(2).cast(EXACT)


def _product(datasets: pl.LazyFrame) -> pl.LazyFrame:
    """The datasets of a month in one row; a sum with an unknown part is unknown."""
    names = [*COUNTS, *_vintage_counts(), "used_data_cost_usd"]
    known = {
        name: pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()) for name in names
    }
    return datasets.group_by("usage_month").agg(
        **known,
        data_cost_usd=pl.col("data_cost_usd").sum(),
        unconverted_lines=pl.col("unconverted_lines").sum(),
        counted_date=pl.col("counted_date").min(),
        dataset_id=pl.lit(PRODUCT),
        scope_kind=pl.lit("product"),
    )


def _vintage_counts() -> list[str]:
    return [f"{name}_{v}record_count" for v in VINTAGES for name in ("collected", "used")]


def _shares() -> dict[str, pl.Expr]:
    vintages = {
        f"data_efficiency_{v}share": ratio(
            pl.col(f"used_{v}record_count"), pl.col(f"collected_{v}record_count")
        )
        for v in VINTAGES
    }
    cost = positive(pl.col("data_cost_usd"))
    return {
        "data_efficiency_share": ratio(
            pl.col("used_record_count"), pl.col("collected_record_count")
        ),
        "cost_weighted_data_efficiency_share": ratio(pl.col("used_data_cost_usd"), cost),
        **vintages,
    }


def _month_before() -> pl.Expr:
    """The share of the calendar month before, as the goal to exceed."""
    share, month = pl.col("data_efficiency_share"), pl.col("usage_month")
    scope = ("scope_kind", "dataset_id")
    last_month = month.shift(1).over(scope, order_by="usage_month")
    last_share = share.shift(1).over(scope, order_by="usage_month")
    return pl.when(last_month.dt.offset_by("1mo") == month).then(last_share).alias("goal")


def _verdict() -> pl.Expr:
    share, goal = pl.col("data_efficiency_share"), pl.col("goal")
    return verdict(share > goal, judged=(share != goal) & pl.col("is_complete"))


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            (pl.col("used_record_count").is_null() & MISSING_FEEDS[0], MISSING_FEEDS[1]),
            (pl.col("used_record_count").is_null(), "use_unknown"),
            (pl.col("collected_record_count") == 0, "no_records"),
        ],
        provisional=[UNCONVERTED_LINES, INCOMPLETE_MONTH],
    )
