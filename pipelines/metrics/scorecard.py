"""The mart `scorecard`: every metric of every month in one long table, with its trend."""

import polars as pl

from pipelines.metrics.measures import LEDGER_CATEGORIES, MEASURES, Measure
from pipelines.metrics.ratio import positive
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    UNCONVERTED_LINES,
    UNPRICED_REQUESTS,
    status_and_reason,
)

EXACT = pl.Decimal(38, 12)
# Two values nearer than this share of each other differ by rounding of floats, not by business.
FLAT_SHARE = 1e-9
KEYS = ("metric", "metric_month")
TEXTS = ("unit", "trend", "verdict", "status", "reason")
NUMBERS = ("value", "ci_low", "ci_high", "numerator", "denominator", "goal")


def scorecard(
    margins: pl.LazyFrame,
    efficiency: pl.LazyFrame,
    costs: pl.LazyFrame,
    months: pl.LazyFrame,
    readiness: pl.LazyFrame,
) -> pl.LazyFrame:
    """One row per metric and month: value, numerator, denominator, goal, verdict, status, trend.

    Every metric has a row in every month of `months`, so that a gap is seen; without any month,
    one row with a null month. Margin of the product, efficiency of all models, effective cost.
    Trend: from the calendar month before, by the metric's better direction, between two rows with
    status `ok`, so that half a month is not a fall.

    Null: value where `not_computable`; goal and verdict where the article states no goal; trend of
    totals, which have no better direction; intervals, because sums and their ratios are exact.
    """
    sources = {
        "inference_margin": margins.filter(pl.col("scope_kind") == "product"),
        "compute_efficiency": efficiency.filter(pl.col("model") == "(all)"),
        "fct_costs": _monthly_costs(costs),
    }
    values = pl.concat([_values(sources[measure.source], measure) for measure in MEASURES])
    rows = (
        _every_metric_and_month(months, readiness)
        .join(values, on=["metric", "usage_month"], how="left", validate="1:1")
        .with_columns(_status())
        .with_columns(pl.when(pl.col("status") != "not_computable").then("value").alias("value"))
        .rename({"usage_month": "metric_month"})
    )
    return _with_trend(rows).select(*KEYS, "complete_through_date", *TEXTS, *NUMBERS).sort(KEYS)


def _monthly_costs(costs: pl.LazyFrame) -> pl.LazyFrame:
    """Effective cost per month, one column per category; null where the month has none of it.

    A line without exchange rate has no effective cost: the month is short of it, and says so.
    """
    is_known = pl.col("effective_usd").is_not_null()
    sums = {
        name: _sum_or_null("effective_usd", is_known & (pl.col("cost_category") == category))
        for category, name in LEDGER_CATEGORIES.items()
    }
    return costs.group_by(pl.col("cost_month").alias("usage_month")).agg(
        **sums, unconverted_lines=(~is_known).sum().cast(pl.Int64)
    )


def _sum_or_null(name: str, chosen: pl.Expr) -> pl.Expr:
    return pl.when(chosen.any()).then(pl.col(name).filter(chosen).sum())


def _values(source: pl.LazyFrame, measure: Measure) -> pl.LazyFrame:
    """One measure of every month of its source, in the columns all measures share."""
    null, zero = pl.lit(None), pl.lit(0, dtype=pl.Int64)
    return source.select(
        "usage_month",
        metric=pl.lit(measure.metric),
        value=pl.col(measure.value).cast(pl.Float64),
        numerator=pl.col(measure.numerator).cast(EXACT),
        denominator=(pl.col(measure.denominator) if measure.denominator else null).cast(EXACT),
        goal=(pl.col("goal") if measure.has_goal else null).cast(pl.Float64),
        verdict=(pl.col("verdict") if measure.has_goal else null).cast(pl.String),
        unpriced_requests=pl.col("unpriced_requests") if measure.needs_prices else zero,
        unconverted_lines=pl.col("unconverted_lines") if measure.needs_rates else zero,
    )


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
    null = pl.lit(None, dtype=pl.Float64)
    return pl.LazyFrame(
        {
            "metric": [measure.metric for measure in MEASURES],
            "unit": [measure.unit for measure in MEASURES],
            "direction": [direction[measure.better] for measure in MEASURES],
            "without_numerator": [measure.without_numerator for measure in MEASURES],
            "without_denominator": [measure.without_denominator for measure in MEASURES],
        }
    ).with_columns(ci_low=null, ci_high=null)


def _status() -> list[pl.Expr]:
    is_missing = pl.col("value").is_null()
    lacks_denominator = (
        pl.col("without_denominator").is_not_null() & positive(pl.col("denominator")).is_null()
    )
    return status_and_reason(
        not_computable=[
            (~pl.col("is_ready"), pl.col("missing")),
            (is_missing & lacks_denominator, pl.col("without_denominator")),
            (is_missing, pl.col("without_numerator")),
        ],
        provisional=[UNPRICED_REQUESTS, UNCONVERTED_LINES, INCOMPLETE_MONTH],
    )


def _with_trend(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows with `trend`, the way from the calendar month before where both are `ok`."""
    settled = rows.filter(pl.col("status") == "ok").select(
        "metric", pl.col("metric_month").dt.offset_by("1mo"), last_value="value"
    )
    gain = (pl.col("value") - pl.col("last_value")) * pl.col("direction")
    is_flat = gain.abs() <= FLAT_SHARE * pl.col("last_value").abs()
    way = (
        pl.when(is_flat)
        .then(pl.lit("flat"))
        .when(gain > 0)
        .then(pl.lit("improving"))
        .when(gain < 0)
        .then(pl.lit("worsening"))
    )
    return rows.join(
        settled, on=["metric", "metric_month"], how="left", validate="1:1"
    ).with_columns(trend=pl.when(pl.col("status") == "ok").then(way))
