"""The mart `overspend`: where money goes that buys nothing, each dollar counted once."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.metrics.low_value_features import low_value_features
from pipelines.metrics.overspend_lines import (
    EXACT,
    duplicate_labels,
    idle_and_lost,
    unjustified_retrains,
)
from pipelines.metrics.premium_models import premium_model_excess
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import INCOMPLETE_MONTH, UNPRICED_REQUESTS, status_and_reason

TOTAL = "total"
MONEY = ("overspend_usd", "undecided_usd")
UNDECIDED = (pl.col("undecided_usd") > 0, "interval_straddles_goal")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the waterfall: what it holds, and the feeds it cannot do without.

    Of `any_of` one feed is enough. Where a month without any amount is unknown and not zero,
    `without_amount` is the reason.
    """

    name: str
    explanation: str
    feeds: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    without_amount: str | None = None


# The order of the waterfall: a dollar that fits two lines is in the first of them.
LINES = (
    Line(
        name="idle",
        explanation="GPU time that was paid and not used",
        feeds=("gpu_billing", "inference_logs"),
    ),
    Line(name="failed", explanation="calls that did not succeed", feeds=("inference_logs",)),
    Line(name="retried", explanation="calls that repeat an earlier one", feeds=("inference_logs",)),
    Line(
        name="duplicate_labels",
        explanation="labels of records that were there already",
        feeds=("labeling_invoices",),
        any_of=("datasets", "dataset_records"),
    ),
    Line(
        name="unjustified_retrains",
        explanation="training of versions that did not gain what justifies a retrain",
        feeds=("model_evaluations", "model_versions", "training_runs"),
    ),
    Line(
        name="premium_models",
        explanation="calls of dear models where the cheapest of the feature does as well",
        feeds=("inference_logs", "outcomes"),
    ),
    Line(
        name="low_value_features",
        explanation="features whose marginal value is below their marginal cost",
        feeds=("inference_logs", "outcomes"),
        without_amount="no_marginal_value",
    ),
)


def overspend(
    sources: Mapping[str, pl.LazyFrame],
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    min_outcomes: int,
    tolerated_points: float,
) -> pl.LazyFrame:
    """One row per month and line of the waterfall, and their total, ranked by dollars.

    `sources` are the facts and marts the lines are read off, by name. The lines are disjoint:
    failed and retried work without idle time, dear models without either, features of little value
    without all of these, labels and training beside inference; so their sum is never above the
    ledger. `undecided_usd` is what more observations may add; it is in no sum.

    Null: a line whose feeds are missing. Source: the article's question "where do we overspend?".
    """
    lines = _lines(sources, min_outcomes=min_outcomes, tolerated_points=tolerated_points)
    rows = _every_line_and_month(lines, months, coverage)
    whole = pl.concat([rows.with_columns(rank_number=_rank()), _total(rows)], how="diagonal")
    share = ratio(pl.col("overspend_usd"), positive(pl.col("ledger_usd")))
    return (
        whole.join(_ledger(sources), on="usage_month", how="left", validate="m:1")
        .join(_unpriced(sources), on="usage_month", how="left", validate="m:1")
        .with_columns(*_status(), overspend_share=share)
        .select(
            *("usage_month", "line", "explanation", "status", "reason"),
            *("line_number", "rank_number", *MONEY, "ledger_usd", "overspend_share"),
        )
        .sort("usage_month", "line_number")
    )


def _every_line_and_month(
    lines: Mapping[str, pl.LazyFrame], months: pl.LazyFrame, coverage: pl.LazyFrame
) -> pl.LazyFrame:
    """Every line in every month; without an amount 0, or null where it is unknown."""
    amounts = pl.concat(
        [frame.with_columns(line=pl.lit(name)) for name, frame in lines.items()], how="diagonal"
    )
    is_known = pl.col("missing").is_null()
    return (
        months.select("usage_month", "is_complete")
        .join(_catalogue(coverage), how="cross")
        .join(amounts, on=["usage_month", "line"], how="left", validate="1:1")
        .with_columns(missing=_unknown())
        .with_columns(pl.when(is_known).then(pl.col(n).fill_null(0)).alias(n) for n in MONEY)
        .sort("usage_month", "line_number")
    )


def _lines(
    sources: Mapping[str, pl.LazyFrame], *, min_outcomes: int, tolerated_points: float
) -> dict[str, pl.LazyFrame]:
    usage, costs = sources["fct_inference_months"], sources["fct_costs"]
    premium = premium_model_excess(
        usage,
        sources["fct_outcome_months"],
        min_outcomes=min_outcomes,
        tolerated_points=tolerated_points,
    )
    return {
        **idle_and_lost(usage),
        "duplicate_labels": duplicate_labels(costs, sources["fct_dataset_months"]),
        "unjustified_retrains": unjustified_retrains(
            costs, sources["fct_releases"], sources["retrain_verdicts"]
        ),
        "premium_models": premium.group_by("usage_month").agg(pl.col(MONEY).sum()),
        "low_value_features": low_value_features(usage, sources["value_density"], premium),
    }


def _catalogue(coverage: pl.LazyFrame) -> pl.LazyFrame:
    """One row per line of the waterfall, with the feeds that it lacks."""
    rows = [
        coverage.select(
            line=pl.lit(line.name),
            explanation=pl.lit(line.explanation),
            line_number=pl.lit(number, dtype=pl.Int64),
            missing=_missing(line),
            without_amount=pl.lit(line.without_amount, dtype=pl.String),
        )
        for number, line in enumerate(LINES, start=1)
    ]
    return pl.concat(rows)


def _missing(line: Line) -> pl.Expr:
    def is_missing(feed: str) -> pl.Expr:
        return ~((pl.col("feed") == feed) & (pl.col("row_count") > 0)).any()

    needed = [pl.when(is_missing(feed)).then(pl.lit(feed)) for feed in line.feeds]
    if line.any_of:
        none = pl.all_horizontal(is_missing(feed) for feed in line.any_of)
        needed.append(pl.when(none).then(pl.lit(" or ".join(line.any_of))))
    listed = pl.concat_str(needed, separator=", ", ignore_nulls=True)
    return pl.when(listed != "").then(pl.concat_str(pl.lit("missing_feeds: "), listed))


def _unknown() -> pl.Expr:
    """Why a line is unknown in a month; null where it is known."""
    has_no_amount = pl.col("overspend_usd").is_null() & pl.col("without_amount").is_not_null()
    return pl.coalesce("missing", pl.when(has_no_amount).then("without_amount"))


def _rank() -> pl.Expr:
    """The dearest line of the month first; a line that is not known has no place."""
    place = pl.col("overspend_usd").rank("ordinal", descending=True).over("usage_month")
    return place.cast(pl.Int64)


def _total(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The sum of the lines that are known; null where none is."""
    is_known = pl.col("overspend_usd").is_not_null().any()
    sums = {name: pl.when(is_known).then(pl.col(name).sum()) for name in MONEY}
    unknown = pl.col("missing").filter(pl.col("overspend_usd").is_null()).first()
    return rows.group_by("usage_month").agg(
        **sums,
        is_complete=pl.col("is_complete").first(),
        missing=pl.when(~is_known).then(unknown),
        is_partial=pl.col("missing").is_not_null().any(),
        line=pl.lit(TOTAL).first(),
        explanation=pl.lit("the lines that are known, together").first(),
        line_number=pl.lit(len(LINES) + 1, dtype=pl.Int64).first(),
    )


def _ledger(sources: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    costs = sources["fct_costs"].group_by(pl.col("cost_month").alias("usage_month"))
    return costs.agg(ledger_usd=pl.col("effective_usd").sum().cast(EXACT))


def _unpriced(sources: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    usage = sources["fct_inference_months"].group_by("usage_month")
    return usage.agg(pl.col("unpriced_requests").sum())


def _status() -> list[pl.Expr]:
    partial = pl.col("is_partial").fill_null(value=False)
    return status_and_reason(
        not_computable=[(pl.col("missing").is_not_null(), pl.col("missing"))],
        provisional=[(partial, "lines_missing"), UNPRICED_REQUESTS, INCOMPLETE_MONTH],
        inconclusive=[UNDECIDED],
    )
