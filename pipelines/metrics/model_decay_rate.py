"""The mart `model_decay_rate`: the share of its accuracy that a model loses per month."""

import polars as pl

from pipelines.metrics.intervals import Z, interval_verdict
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    MISSING_FEEDS,
    STRADDLES_GOAL,
    missing_feeds,
    status_and_reason,
)
from pipelines.metrics.version_decay import FEEDS, VERSION, version_decay

KEYS = ("model", "model_version", "benchmark", "metric", "usage_month")
DATES = ("promoted_date", "first_evaluated_date", "last_evaluated_date")
TEXTS = ("scope_kind", "sample_kind", "verdict", "status", "reason")
ENDS = ("", "_ci_low", "_ci_high")
UNITS = ("share", "points")
SHARES = tuple(f"monthly_decay_share{end}" for end in ENDS)
POINTS = tuple(f"monthly_decay_points{end}" for end in ENDS)
SCORES = ("first_score_share", *(f"last_score_share{end}" for end in ENDS))
COUNTS = ("evaluation_count", "item_count", "needed_item_count")
TRAFFIC = ("traffic_requests", "measured_traffic_share")


def model_decay_rate(
    evaluations: pl.LazyFrame,
    versions: pl.LazyFrame,
    usage: pl.LazyFrame,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    decay_goal_share: float,
    min_decay_days: int,
    decision_power: float,
) -> pl.LazyFrame:
    """One row per model version, and per month for the product: share of accuracy lost per month.

    decay = 1 - e^slope of ln(score) over the age of the version, each score weighted with
    n p / (1 - p); a retrain begins at age 0 again. The product's is that of the versions which
    served the month, weighted by their successful production calls. `pass` where the interval lies
    below the goal, `breach` above it.

    Null: one evaluation, or less than `min_decay_days` between them. Two are end points
    (`provisional`); a frozen set cannot show decay and never passes.
    Source: the article's table of metrics, "model decay rate", below 5 % a month.
    """
    decays = version_decay(
        evaluations,
        versions,
        coverage,
        decay_goal_share=decay_goal_share,
        min_decay_days=min_decay_days,
        decision_power=decision_power,
    )
    product = _product(decays, usage, months, coverage, goal=decay_goal_share)
    rows = [decays.with_columns(scope_kind=pl.lit("version")), product]
    columns = (*KEYS, *DATES, *TEXTS, *SHARES, *POINTS, *SCORES, "age_months", *COUNTS, *TRAFFIC)
    return (
        pl.concat(rows, how="diagonal_relaxed")
        .with_columns(usage_month=pl.col("usage_month").cast(pl.Date))
        .select(*columns, "goal")
        .sort("scope_kind", "model", "promoted_date", "model_version", "usage_month")
    )


def _product(
    decays: pl.LazyFrame,
    usage: pl.LazyFrame,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    goal: float,
) -> pl.LazyFrame:
    """One row per month: the decay of the versions that served it, weighted by their calls."""
    is_measured = pl.col("monthly_decay_share").is_not_null() & (pl.col("sample_kind") == "fresh")
    measured = decays.filter(is_measured).select(
        *VERSION, SHARES[0], POINTS[0], "decay_error_share", "decay_error_points", "status"
    )
    traffic = usage.group_by("usage_month", *VERSION).agg(pl.col("billable_requests").sum())
    summed = (
        traffic.join(measured, on=VERSION, how="left", validate="m:1")
        .group_by("usage_month")
        .agg(**_weighted_sums())
    )
    return (
        months.select("usage_month", "is_complete")
        .join(summed, on="usage_month", how="left", validate="1:1")
        .join(missing_feeds(coverage, *FEEDS, "inference_logs"), how="cross")
        .with_columns(**_weighted_means(), goal=pl.lit(goal, dtype=pl.Float64))
        .with_columns(_verdict())
        .with_columns(*_status(), scope_kind=pl.lit("product"))
        .with_columns(pl.lit("(all)").alias(name) for name in VERSION)
    )


def _weighted_sums() -> dict[str, pl.Expr]:
    calls = pl.col("billable_requests")
    sums = {f"summed_{unit}": (calls * pl.col(f"monthly_decay_{unit}")).sum() for unit in UNITS} | {
        f"summed_variance_{unit}": ((calls * pl.col(f"decay_error_{unit}")) ** 2).sum()
        for unit in UNITS
    }
    return {
        **sums,
        "traffic_requests": calls.sum(),
        "measured_requests": calls.filter(pl.col("monthly_decay_share").is_not_null()).sum(),
        "is_provisional": (pl.col("status") == "provisional").any(),
    }


def _weighted_means() -> dict[str, pl.Expr]:
    calls = positive(pl.col("measured_requests"))
    means = {}
    for unit in UNITS:
        mean = ratio(pl.col(f"summed_{unit}"), calls)
        spread = Z * ratio(pl.col(f"summed_variance_{unit}").sqrt(), calls)
        for end, value in zip(ENDS, (mean, mean - spread, mean + spread), strict=True):
            means[f"monthly_decay_{unit}{end}"] = value
    measured = ratio(pl.col("measured_requests"), pl.col("traffic_requests"))
    return {**means, "measured_traffic_share": measured}


def _verdict() -> pl.Expr:
    low, high = (pl.col(name) for name in SHARES[1:])
    return interval_verdict(low, high, pl.col("goal"), better="lower").alias("verdict")


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            (pl.col("monthly_decay_share").is_null(), "no_measured_traffic"),
        ],
        provisional=[(pl.col("is_provisional"), "two_end_points"), INCOMPLETE_MONTH],
        inconclusive=[STRADDLES_GOAL],
    )
