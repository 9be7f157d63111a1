"""The mart `unit_profit_bridge`: why unit profit moved since last month, part by part."""

import polars as pl

from pipelines.metrics.bridge_states import FIXED, model_pairs, model_states, month_states
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    UNCONVERTED_LINES,
    UNPRICED_REQUESTS,
    status_and_reason,
)

EXACT = pl.Decimal(38, 12)
# The order in which the change is explained; every part is measured with those before it done.
PARTS = (
    "volume",
    "price",
    "model_mix",
    "tokens_per_request",
    "cache",
    "unit_compute_rate",
    *FIXED,
)
TEXTS = ("part", "explanation", "status", "reason", "part_number")
NUMBERS = ("effect_usd", "last_unit_profit_usd", "unit_profit_usd", "change_usd")
EXPLANATIONS = {
    "volume": "more or fewer users and requests, at last month's prices and costs",
    "price": "revenue per request",
    "model_mix": "which models the requests went to",
    "tokens_per_request": "longer or shorter requests and answers",
    "cache": "what the prompt cache saved",
    "unit_compute_rate": "what a token costs before the cache",
    "idle": "GPU time nobody used",
    "other_compute": "training and compute beyond requests",
    "data": "labelling, sourcing and storing data",
    "maintenance": "people and monitoring",
    "acquisition": "marketing and sales",
}


def unit_profit_bridge(
    unit_months: pl.LazyFrame, usage: pl.LazyFrame, months: pl.LazyFrame
) -> pl.LazyFrame:
    """One row per month and part: how much of the change of unit profit it explains.

    Unit profit in the period form = (requests x price - requests x sum over models of share x
    tokens per request x rate x (1 - cache relief) - idle - other compute - data - maintenance -
    acquisition) / active users. From last month's state to this month's the factors change one
    after another in the order of `part_number`; the effect is the step it makes. The steps are
    rounded to 12 decimals as states, so the effects sum to the change exactly.

    Null: without active users in either month; the first month has no rows.
    """
    states = model_states(usage)
    now = month_states(unit_months, usage, states)
    before = now.select(
        pl.col("usage_month").dt.offset_by("1mo"), pl.exclude("usage_month").name.prefix("last_")
    )
    pairs = now.join(before, on="usage_month", how="inner", validate="1:1").join(
        months.select("usage_month", "is_complete"), on="usage_month", how="left", validate="1:1"
    )
    costs = _unit_costs(model_pairs(states))
    stepped = pairs.join(costs, on="usage_month", how="left", validate="1:1").with_columns(
        _state(step).cast(EXACT).alias(f"state_{step}") for step in range(len(PARTS) + 1)
    )
    return (
        pl.concat([_part(stepped, number) for number in range(1, len(PARTS) + 1)])
        .with_columns(_status())
        .select("usage_month", *TEXTS, *NUMBERS)
        .sort("usage_month", "part_number")
    )


def _factor(name: str, step: int, part: str) -> pl.Expr:
    """The figure of this month once its part has been done, of the last one before."""
    is_done = step > PARTS.index(part)
    return pl.col(name if is_done else f"last_{name}")


def _unit_costs(pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Busy compute per request of each month at every step."""

    def cost(step: int) -> pl.Expr:
        relief = 1 - _factor("cache_relief", step, "cache")
        rate = _factor("gross_rate", step, "unit_compute_rate") * relief
        tokens = _factor("tokens_per_request", step, "tokens_per_request")
        return (_factor("request_share", step, "model_mix") * tokens * rate).sum()

    steps = {f"unit_cost_{step}": cost(step) for step in range(len(PARTS) + 1)}
    return pairs.sort("model").group_by("usage_month").agg(**steps)


def _state(step: int) -> pl.Expr:
    """Unit profit with the first `step` parts done."""
    users = positive(_factor("users", step, "volume"))
    requests = _factor("requests", step, "volume")
    earned = requests * _factor("price", step, "price").fill_null(0.0)
    served = requests * pl.col(f"unit_cost_{step}").fill_null(0.0)
    upkeep = pl.sum_horizontal(_factor(part, step, part) for part in FIXED)
    return ratio(earned - served - upkeep, users).round(12)


def _part(stepped: pl.LazyFrame, number: int) -> pl.LazyFrame:
    part = PARTS[number - 1]
    first, last = pl.col("state_0"), pl.col(f"state_{len(PARTS)}")
    return stepped.select(
        "usage_month",
        "is_complete",
        "unpriced_requests",
        "unconverted_lines",
        part=pl.lit(part),
        explanation=pl.lit(EXPLANATIONS[part]),
        part_number=pl.lit(number, dtype=pl.Int64),
        effect_usd=pl.col(f"state_{number}") - pl.col(f"state_{number - 1}"),
        last_unit_profit_usd=first,
        unit_profit_usd=last,
        change_usd=last - first,
    )


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[(pl.col("change_usd").is_null(), "no_active_users")],
        provisional=[UNPRICED_REQUESTS, UNCONVERTED_LINES, INCOMPLETE_MONTH],
    )
