"""The mart `value_density`: what an inference is worth, what one more is worth, and costs."""

import polars as pl

from pipelines.metrics.growth_shape import growth_by_cell
from pipelines.metrics.intervals import interval_verdict, needed_count
from pipelines.metrics.marginal_value import marginal_value
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    MISSING_FEEDS,
    UNCONVERTED_LINES,
    UNPRICED_REQUESTS,
    missing_feeds,
    status_and_reason,
)
from pipelines.metrics.sufficiency import Minimum, too_thin, would_suffice
from pipelines.metrics.windows import in_windows

CELL = ["feature", "usage_month"]
ALL_FEATURES, NOBODY = "(all)", "(unattributed)"
WORDS = {"pass": "go_on", "breach": "stop", "inconclusive": "inconclusive"}
TEXTS = ("verdict", "growth_shape", "would_suffice", "status", "reason")
COUNTS = (
    "billable_requests",
    "unpriced_requests",
    "unconverted_lines",
    "judged_outcome_count",
    "valued_outcome_count",
    "customer_count",
    "customer_month_count",
    "needed_customer_count",
    "growth_customer_count",
)
MONEY = (
    "value_usd",
    "value_per_inference_usd",
    "marginal_value_usd",
    "marginal_value_usd_ci_low",
    "marginal_value_usd_ci_high",
    "marginal_cost_usd",
    "cost_per_inference_usd",
)
SHARES = (
    "judged_share",
    *(f"monthly_growth_share{end}" for end in ("", "_ci_low", "_ci_high")),
    "twelve_month_growth_ratio",
)


def value_density(
    customer_months: pl.LazyFrame,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    window_months: int,
    min_customers: int,
    min_growth_months: int,
    outcome_recorded_share: float,
    decision_power: float,
) -> pl.LazyFrame:
    """One row per month and feature, '(all)' among them: value per inference, and of one more.

    Value = what outcomes were worth to customers; the value of judged answers is divided by
    `outcome_recorded_share`. Marginal value = slope of a customer's value over their own calls in
    the months of the window in which they used it, interval clustered by customer. Marginal cost =
    busy GPU time and model APIs per billable inference. Stop rule: `stop` where the upper end is
    below the marginal cost, `go_on` where the lower end is above it.

    Growth: mean margin per customer over the window, `linear` or `compounding`, and what it makes
    of one in twelve months. Null: value without valued outcomes; see the parts for the rest.
    Source: the article's lever "value density".
    """
    enough = (Minimum(column="customer_count", least=min_customers, thing="customers"),)
    complete = months.select("usage_month", "is_complete")
    valued = _with_all(customer_months, outcome_recorded_share)
    rows = valued.join(complete, on="usage_month", validate="m:1").cache()
    return (
        _summed(rows)
        .join(_estimates(rows, window_months, min_growth_months), on=CELL, how="left")
        .join(missing_feeds(coverage, "inference_logs", "outcomes"), how="cross")
        .with_columns(_known_value())
        .with_columns(**_per_inference())
        .with_columns(_verdict())
        .with_columns(_needed(decision_power), *_status(enough), would_suffice(enough))
        .select("usage_month", "feature", *TEXTS, *COUNTS, *MONEY, *SHARES)
        .sort("usage_month", "feature")
    )


def _with_all(customer_months: pl.LazyFrame, recorded_share: float) -> pl.LazyFrame:
    """A customer's months by feature, and once more over all features."""
    judged = pl.col("judged_value_usd").cast(pl.Float64) / recorded_share
    valued = customer_months.with_columns(
        value_usd=judged + pl.col("other_value_usd").cast(pl.Float64),
        margin_usd=pl.col("revenue_usd") - pl.col("cost_usd"),
    )
    everything = valued.group_by("usage_month", "customer_id").agg(
        pl.exclude("feature").sum(), feature=pl.lit(ALL_FEATURES)
    )
    return pl.concat([valued, everything], how="diagonal_relaxed")


def _summed(rows: pl.LazyFrame) -> pl.LazyFrame:
    names = (*COUNTS[:5], "value_usd", "marginal_cost_usd", "cost_usd")
    sums = rows.group_by(CELL).agg(pl.col(names).sum(), pl.col("is_complete").first())
    return sums.filter(pl.col("billable_requests") > 0)


def _estimates(rows: pl.LazyFrame, window: int, min_growth_months: int) -> pl.LazyFrame:
    """Slope and growth at the end of every window."""
    # a row is seen in up to twelve windows: only what is asked of it, in its shortest form
    named = rows.filter(pl.col("customer_id") != NOBODY).select(
        pl.col("feature", "customer_id").cast(pl.Categorical),
        pl.col("value_usd", "margin_usd").cast(pl.Float64),
        "usage_month",
        "is_complete",
        "billable_requests",
    )
    cell = ["feature", "window_month"]
    # asked for slopes and for growth, many times each: kept, or Polars computes it every time
    seen = in_windows(named, window).cache()
    slopes = marginal_value(seen.filter(pl.col("billable_requests") > 0), cell)
    growths = growth_by_cell(seen, cell, min_months=min_growth_months)
    both = slopes.join(growths, on=cell, how="full", coalesce=True, validate="1:1")
    return both.rename({"window_month": "usage_month"}).with_columns(
        pl.col("feature").cast(pl.String)
    )


def _known_value() -> list[pl.Expr]:
    """Without a valued outcome nothing is known of the value, neither total nor marginal."""
    is_valued = pl.col("valued_outcome_count") > 0
    names = ("value_usd", *MONEY[2:5], "marginal_error")
    return [pl.when(is_valued).then(name).alias(name) for name in names]


def _per_inference() -> dict[str, pl.Expr]:
    calls = positive(pl.col("billable_requests"))
    return {
        "value_per_inference_usd": ratio(pl.col("value_usd"), calls),
        "marginal_cost_usd": ratio(pl.col("marginal_cost_usd"), calls),
        "cost_per_inference_usd": ratio(pl.col("cost_usd"), calls),
        "judged_share": ratio(pl.col("judged_outcome_count"), calls),
    }


def _verdict() -> pl.Expr:
    low, high = (pl.col(f"marginal_value_usd_ci_{end}") for end in ("low", "high"))
    side = interval_verdict(low, high, pl.col("marginal_cost_usd"), better="higher")
    return side.replace_strict(WORDS, default=None, return_dtype=pl.String).alias("verdict")


def _needed(power: float) -> pl.Expr:
    """Customers that would tell the marginal value from the marginal cost."""
    distance = pl.col("marginal_value_usd") - pl.col("marginal_cost_usd")
    count, error = pl.col("customer_count"), pl.col("marginal_error")
    needed = needed_count(count, error, distance, power=power)
    is_open = pl.col("verdict") == "inconclusive"
    return pl.when(is_open).then(needed).alias("needed_customer_count")


def _status(enough: tuple[Minimum, ...]) -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            (pl.col("valued_outcome_count") == 0, "no_valued_outcome"),
            (pl.col("marginal_value_usd").is_null(), "use_does_not_vary"),
        ],
        provisional=[*too_thin(enough), UNPRICED_REQUESTS, UNCONVERTED_LINES, INCOMPLETE_MONTH],
        inconclusive=[(pl.col("verdict") == "inconclusive", "interval_holds_marginal_cost")],
    )
