"""The mart `scalability`: whether cost grows slower than value, and what intelligence returns."""

import polars as pl

from pipelines.metrics.elasticities import Elasticity, trailing, with_elasticities
from pipelines.metrics.frontier import frontier_by_month
from pipelines.metrics.intervals import interval_verdict, needed_count
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    MISSING_FEEDS,
    STRADDLES_GOAL,
    UNCONVERTED_LINES,
    UNPRICED_REQUESTS,
    missing_feeds,
    status_and_reason,
)
from pipelines.metrics.sufficiency import Minimum, too_thin, would_suffice

COSTS = {
    "compute_cost_usd": "CC",
    "data_acquisition_cost_usd": "DAC",
    "maintenance_cost_usd": "MMC",
}
COST_TO_VALUE = Elasticity(name="cost_value_elasticity_ratio", of="ai_cost_usd", to="revenue_usd")
COST_TO_USERS = Elasticity(
    name="cost_user_elasticity_ratio", of="ai_cost_usd", to="active_user_count"
)
REVENUE_PER_USER = Elasticity(
    name="revenue_per_user_elasticity_ratio", of="revenue_per_user_usd", to="active_user_count"
)
FLYWHEEL = Elasticity(name="flywheel_growth", of="intelligence_to_value_ratio")
SERIES = (
    "ai_cost_usd",
    "revenue_usd",
    "active_user_count",
    "revenue_per_user_usd",
    "intelligence_to_value_ratio",
)
ENDS = ("", "_ci_low", "_ci_high")
TREND = "intelligence_to_value_trend_share"
TEXTS = ("verdict", "decoupling", "flywheel", "frontier_versions", "would_suffice")
MONEY = ("revenue_usd", "contribution_usd", *COSTS, "ai_cost_usd", "revenue_per_user_usd")
COUNTS = (
    "active_user_count",
    "month_count",
    "needed_month_count",
    "compared_version_count",
    "frontier_version_count",
)
GOAL = 1.0


def scalability(
    unit_months: pl.LazyFrame,
    releases: pl.LazyFrame,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    window_months: int,
    min_months: int,
    other_variable_cost_share: float,
    decision_power: float,
) -> pl.LazyFrame:
    """One row per month: whether value grows faster than what intelligence costs.

    AI cost = CC + DAC + MMC. Over the complete months of a window: elasticity of AI cost to revenue
    (goal: below 1) and to active users; of revenue per user to users (`decoupled` above 0: revenue
    outgrows users). Intelligence-to-value ratio = contribution before AI cost / AI cost, with its
    growth per month: the flywheel. Contribution = revenue x (1 - `other_variable_cost_share`).

    Null: without cost or revenue; an elasticity over fewer than two months or where its driver
    stands still. Below `min_months` provisional.
    Source: the article's slope of scalability and its flywheel.
    """
    enough = (Minimum(column="month_count", least=min_months, thing="months"),)
    rows = _monthly(unit_months, months, other_variable_cost_share)
    windows = with_elasticities(
        trailing(rows, window_months, SERIES),
        (COST_TO_VALUE, COST_TO_USERS, REVENUE_PER_USER, FLYWHEEL),
    )
    return (
        rows.join(windows, on="usage_month", how="left", validate="1:1")
        .join(frontier_by_month(releases, months), on="usage_month", how="left", validate="1:1")
        .join(missing_feeds(coverage, "inference_logs", "revenue"), how="cross")
        .with_columns(_trend())
        .with_columns(*_words(), goal=pl.lit(GOAL, dtype=pl.Float64))
        .with_columns(*_status(enough), would_suffice(enough), _needed(decision_power))
        .with_columns(pl.col("month_count", *COUNTS[3:]).fill_null(0))
        .select("usage_month", *TEXTS, "status", "reason", *MONEY, *COUNTS, *_ratios(), "goal")
        .sort("usage_month")
    )


def _monthly(unit_months: pl.LazyFrame, months: pl.LazyFrame, other_share: float) -> pl.LazyFrame:
    revenue, cost = pl.col("revenue_usd"), pl.col("ai_cost_usd")
    product = unit_months.filter(pl.col("scope_kind") == "product")
    summed = pl.sum_horizontal(pl.col(name).fill_null(0) for name in COSTS)
    return (
        product.join(months.select("usage_month", "is_complete"), on="usage_month", validate="1:1")
        .with_columns(
            ai_cost_usd=pl.when(pl.col("compute_cost_usd").is_not_null()).then(summed),
            contribution_usd=revenue.cast(pl.Float64) * (1 - other_share),
            revenue_per_user_usd=ratio(revenue, pl.col("active_user_count")),
        )
        .with_columns(intelligence_to_value_ratio=ratio(pl.col("contribution_usd"), positive(cost)))
    )


def _ratios() -> tuple[str, ...]:
    fitted = (COST_TO_VALUE, COST_TO_USERS, REVENUE_PER_USER)
    return (
        "intelligence_to_value_ratio",
        *(f"{TREND}{end}" for end in ENDS),
        *(f"{one.name}{end}" for one in fitted for end in ENDS),
    )


def _trend() -> list[pl.Expr]:
    """Growth per month out of the slope of the logarithm."""
    return [(pl.col(f"{FLYWHEEL.name}{end}").exp() - 1).alias(f"{TREND}{end}") for end in ENDS]


def _words() -> list[pl.Expr]:
    against_goal = _side_of(COST_TO_VALUE.name, GOAL)
    sides = {
        "decoupling": (_side_of(REVENUE_PER_USER.name, 0.0), "decoupled", "diluted"),
        "flywheel": (_side_of(TREND, 0.0), "turning", "slowing"),
    }
    verdict = against_goal.replace({"pass": "breach", "breach": "pass"}).alias("verdict")
    return [
        verdict,
        *(
            side.replace({"pass": above, "breach": below}).alias(name)
            for name, (side, above, below) in sides.items()
        ),
    ]


def _side_of(name: str, goal: float) -> pl.Expr:
    low, high = (pl.col(f"{name}{end}") for end in ENDS[1:])
    return interval_verdict(low, high, pl.lit(goal), better="higher")


def _needed(power: float) -> pl.Expr:
    """Months that would tell the elasticity of cost from 1; null where it is told."""
    name, count = COST_TO_VALUE.name, pl.col("month_count")
    distance, error = pl.col(name) - GOAL, pl.col(f"{name}_error")
    needed = pl.max_horizontal(needed_count(count, error, distance, power=power), count + 1)
    return pl.when(pl.col("verdict") == "inconclusive").then(needed).alias("needed_month_count")


def _status(enough: tuple[Minimum, ...]) -> list[pl.Expr]:
    lacking = [pl.when(pl.col(name).is_null()).then(pl.lit(short)) for name, short in COSTS.items()]
    listed = pl.concat_str(lacking, separator=", ", ignore_nulls=True)
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            (positive(pl.col("ai_cost_usd")).is_null(), "no_cost"),
            (positive(pl.col("revenue_usd")).is_null(), "no_revenue"),
        ],
        provisional=[
            (listed != "", pl.concat_str(pl.lit("missing_components: "), listed)),
            *too_thin(enough),
            UNPRICED_REQUESTS,
            UNCONVERTED_LINES,
            INCOMPLETE_MONTH,
        ],
        inconclusive=[STRADDLES_GOAL],
    )
