"""The mart `scorecard`: every metric of every month in one long table, with its trend."""

from collections.abc import Mapping

import polars as pl

from pipelines.metrics.measure import Measure
from pipelines.metrics.measures import MEASURES
from pipelines.metrics.ratio import positive
from pipelines.metrics.scorecard_months import by_month
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    UNCONVERTED_LINES,
    UNPRICED_REQUESTS,
    Rule,
    status_and_reason,
)
from pipelines.metrics.trend import with_trend

EXACT = pl.Decimal(38, 12)
KEYS = ("metric", "metric_month")
TEXTS = ("unit", "trend", "verdict", "status", "reason")
NUMBERS = ("value", "ci_low", "ci_high", "numerator", "denominator", "goal")


def scorecard(
    sources: Mapping[str, pl.LazyFrame], months: pl.LazyFrame, readiness: pl.LazyFrame
) -> pl.LazyFrame:
    """One row per metric and month: value, numerator, denominator, goal, verdict, status, trend.

    `sources` are the marts and facts that the measures name. Every metric has a row in every month
    of `months`, so that a gap is seen; without any month, one row with a null month. Margin, decay
    and data of the product, efficiency of all models, effective cost, the newest release by then.
    Trend: from the calendar month before, by the metric's better direction, between two settled
    rows, so that half a month is not a fall; within the interval of the month before it is flat.

    Null: value where `not_computable`; goal and verdict where the article states no goal; trend of
    totals, which have no better direction; intervals of sums and their ratios, which are exact.
    """
    monthly = by_month(sources, months)
    values = pl.concat([_values(monthly[measure.source], measure) for measure in MEASURES])
    rows = (
        _every_metric_and_month(months, readiness)
        .join(values, on=["metric", "usage_month"], how="left", validate="1:1")
        .with_columns(_status())
        .with_columns(pl.when(pl.col("status") != "not_computable").then("value").alias("value"))
        .rename({"usage_month": "metric_month"})
    )
    return with_trend(rows).select(*KEYS, "complete_through_date", *TEXTS, *NUMBERS).sort(KEYS)


def _values(source: pl.LazyFrame, measure: Measure) -> pl.LazyFrame:
    """One measure of every month of its source, in the columns all measures share."""
    zero = pl.lit(0, dtype=pl.Int64)
    ends = {end: f"{measure.value}_{end}" for end in ("ci_low", "ci_high")}
    goals, statuses = ("goal", "verdict"), ("status", "reason")
    return source.select(
        "usage_month",
        metric=pl.lit(measure.metric),
        value=pl.col(measure.value).cast(pl.Float64),
        **{end: _where(measure.has_interval, name, pl.Float64) for end, name in ends.items()},
        numerator=_where(measure.numerator is not None, str(measure.numerator), EXACT),
        denominator=_where(measure.denominator is not None, str(measure.denominator), EXACT),
        goal=_where(measure.has_goal, goals[0], pl.Float64),
        verdict=_where(measure.has_goal, goals[1], pl.String),
        own_status=_where(measure.has_status, statuses[0], pl.String),
        own_reason=_where(measure.has_status, statuses[1], pl.String),
        unpriced_requests=pl.col("unpriced_requests") if measure.needs_prices else zero,
        unconverted_lines=pl.col("unconverted_lines") if measure.needs_rates else zero,
    )


def _where(has_it: bool, name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:  # noqa: FBT001 - a yes of the measure
    return (pl.col(name) if has_it else pl.lit(None)).cast(dtype)


def _every_metric_and_month(months: pl.LazyFrame, readiness: pl.LazyFrame) -> pl.LazyFrame:
    """Every metric in every month; the left join keeps the metrics where there is no month."""
    ready = readiness.select("metric", "is_ready", missing=pl.col("reason"))
    calendar = months.select("usage_month", "complete_through_date", "is_complete", every=pl.lit(1))
    return (
        _catalogue()
        .join(ready, on="metric", how="left", validate="1:1")
        .with_columns(every=pl.lit(1))
        .join(calendar, on="every", how="left")
    )


def _catalogue() -> pl.LazyFrame:
    direction = {"higher": 1, "lower": -1, None: None}
    return pl.LazyFrame(
        {
            "metric": [measure.metric for measure in MEASURES],
            "unit": [measure.unit for measure in MEASURES],
            "direction": [direction[measure.better] for measure in MEASURES],
            "without_numerator": [measure.without_numerator for measure in MEASURES],
            "without_denominator": [measure.without_denominator for measure in MEASURES],
        }
    )


def _status() -> list[pl.Expr]:
    is_missing = pl.col("value").is_null()
    lacks_denominator = (
        pl.col("without_denominator").is_not_null() & positive(pl.col("denominator")).is_null()
    )
    return status_and_reason(
        not_computable=[
            (~pl.col("is_ready"), pl.col("missing")),
            _own("not_computable"),
            (is_missing & lacks_denominator, pl.col("without_denominator")),
            (is_missing, pl.col("without_numerator")),
        ],
        provisional=[
            _own("provisional"),
            UNPRICED_REQUESTS,
            UNCONVERTED_LINES,
            INCOMPLETE_MONTH,
        ],
        inconclusive=[_own("inconclusive")],
    )


def _own(status: str) -> Rule:
    """What the source says itself of its row."""
    return (pl.col("own_status") == status, pl.col("own_reason"))
