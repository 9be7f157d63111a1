"""The mart `retrain_verdicts`: whether a retrain was worth it, and when the next one is due."""

import polars as pl

from pipelines.metrics.intervals import interval_verdict, needed_count
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.releases import GAINS, KEYS, NO_RELEASE, UNPRICED_RUNS, with_gains
from pipelines.metrics.statuses import MISSING_FEEDS, missing_feeds, status_and_reason

DAYS_PER_MONTH = 30.4375
FEEDS = ("model_versions", "model_evaluations")
WORDS = {"pass": "justified", "breach": "not_justified", "inconclusive": "inconclusive"}
DATES = ("promoted_date", "next_retrain_date")
TEXTS = ("verdict", "strict_verdict", "status", "reason")
MONEY = ("learning_cost_usd", "served_revenue_usd", "gain_value_usd", "net_usd")
COUNTS = ("item_count", "fixed_item_count", "broken_item_count", "needed_item_count")
TIMES = (
    "served_months",
    "payback_months",
    "economic_interval_months",
    "monthly_value_usd",
    "monthly_decay_points",
)
VERSION, BEFORE = ["model", "model_version"], ["model", "previous_model_version"]
GOALS = ("goal", "strict_goal_points")
EXACT = pl.Decimal(38, 12)


def retrain_verdicts(
    releases: pl.LazyFrame,
    decays: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    retrain_goal_points: float,
    retrain_strict_goal_points: float,
    revenue_share_per_point: float,
    decision_power: float,
) -> pl.LazyFrame:
    """One row per retrain: its gain in points against the rule of 2 to 3, and what it earned.

    `justified` where the lower end of the gain's interval is at least the goal, `not_justified`
    where the upper end is below it. Value of a point = revenue of the version x
    `revenue_share_per_point`; net = value of the gain so far - cost. Economic interval between
    retrains T* = sqrt(2 K / (V D)): cost K, value of a point and month V, points lost a month D.

    Null: no comparison; money without revenue; the interval where nothing decays or is earned.
    Source: the article's trap "over-retraining"; T* like the economic order quantity (Harris 1913).
    """
    return (
        with_gains(releases)
        .filter(pl.col("is_released") & pl.col("previous_model_version").is_not_null())
        .join(missing_feeds(coverage, *FEEDS), how="cross")
        .join(_decays(decays, ""), on=VERSION, how="left", validate="1:1")
        .join(_decays(decays, "previous_"), on=BEFORE, how="left", validate="m:1")
        .with_columns(pl.coalesce("monthly_decay_points", "previous_monthly_decay_points"))
        .with_columns(goal=_constant(retrain_goal_points))
        .with_columns(strict_goal_points=_constant(retrain_strict_goal_points))
        .with_columns(_judged("verdict", "goal"), _judged("strict_verdict", "strict_goal_points"))
        .with_columns(_needed(decision_power), _served_months())
        .with_columns(**_value(revenue_share_per_point))
        .with_columns(**_worth())
        .with_columns(*_status(), _next_date())
        .select(*KEYS, *DATES, *TEXTS, *MONEY, *GAINS, *COUNTS, *TIMES, *GOALS)
        .sort("model", "promoted_date", "model_version")
    )


def _decays(decays: pl.LazyFrame, prefix: str) -> pl.LazyFrame:
    """What each version loses a month: its own loss, or, with a prefix, that of the one before."""
    return decays.filter(pl.col("scope_kind") == "version").select(
        "model",
        pl.col("model_version").alias(f"{prefix}model_version"),
        pl.col("monthly_decay_points").alias(f"{prefix}monthly_decay_points"),
    )


def _constant(number: float) -> pl.Expr:
    return pl.lit(number, dtype=pl.Float64)


def _judged(name: str, goal: str) -> pl.Expr:
    low, high = pl.col("gain_points_ci_low"), pl.col("gain_points_ci_high")
    verdict = interval_verdict(low, high, pl.col(goal), better="higher", reached=True)
    return verdict.replace_strict(WORDS, default=None, return_dtype=pl.String).alias(name)


def _needed(power: float) -> pl.Expr:
    """Items that would decide an inconclusive verdict; of the strict one where only that is."""
    count, error, gain = pl.col("item_count"), pl.col("gain_error_points"), pl.col("gain_points")
    plain = needed_count(count, error, gain - pl.col("goal"), power=power)
    strict = needed_count(count, error, gain - pl.col("strict_goal_points"), power=power)
    return (
        pl.when(pl.col("verdict") == "inconclusive")
        .then(plain)
        .when(pl.col("strict_verdict") == "inconclusive")
        .then(strict)
        .alias("needed_item_count")
    )


def _served_months() -> pl.Expr:
    days = (pl.col("served_through_date") - pl.col("promoted_date")).dt.total_days() + 1
    return positive(days / DAYS_PER_MONTH).alias("served_months")


def _value(share_per_point: float) -> dict[str, pl.Expr]:
    revenue = positive(pl.col("served_revenue_usd"))
    per_point = revenue.cast(pl.Float64) * share_per_point
    gained = (per_point * pl.col("gain_points")).round(2).cast(EXACT)
    return {
        "gain_value_usd": gained,
        "net_usd": gained - pl.col("learning_cost_usd"),
        "monthly_value_usd": ratio(per_point, pl.col("served_months")),
    }


def _worth() -> dict[str, pl.Expr]:
    cost, value = pl.col("learning_cost_usd").cast(pl.Float64), pl.col("monthly_value_usd")
    loss = value * positive(pl.col("monthly_decay_points"))
    return {
        "payback_months": ratio(cost, value * positive(pl.col("gain_points"))),
        "economic_interval_months": ratio(2 * positive(cost), loss).sqrt(),
    }


def _next_date() -> pl.Expr:
    """The promotion plus the economic interval, for a version that still serves."""
    days = (pl.col("economic_interval_months") * DAYS_PER_MONTH).round().cast(pl.Int64)
    is_far = days > 36_500  # noqa: PLR2004 - a century: no plan, and beyond what a date holds soon
    due = pl.col("promoted_date") + pl.duration(days=days)
    return pl.when(pl.col("retired_at").is_null() & ~is_far).then(due).alias("next_retrain_date")


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[MISSING_FEEDS, *NO_RELEASE],
        provisional=[UNPRICED_RUNS],
        inconclusive=[(pl.col("verdict") == "inconclusive", "interval_straddles_goal")],
    )
