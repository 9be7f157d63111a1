"""The compute spiral: whether inference cost outgrows revenue, and when the margin is gone."""

import math
from dataclasses import dataclass

import polars as pl

from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.student import student_quantile

TRAP = "compute_spiral"
DAYS_PER_MONTH = 30.4375
EXACT = pl.Decimal(38, 12)
SCOPES = ("product", "segment", "feature")
SCOPE = ["scope_kind", "scope_id"]
KEY = [*SCOPE, "usage_month"]
# Parts of the bridge that can make an inference dearer or earn less; a month is explained by them.
DRIVERS = ("price", "model_mix", "tokens_per_request", "cache", "unit_compute_rate", "idle")
# Two points are a line without any error; with three there is an interval.
LEAST_MONTHS = 3


@dataclass(frozen=True, kw_only=True)
class TrapRules:
    """When a trap is flagged; units and sources stand beside the variables of these names."""

    spiral_window_months: int
    spiral_min_months: int
    inflation_min_fall_share: float


def compute_spirals(margins: pl.LazyFrame, bridge: pl.LazyFrame, rules: TrapRules) -> pl.LazyFrame:
    """One row per scope and month: growth of cost less growth of revenue, and what it leads to.

    The slope of ln(cost / revenue) over the months of the window, with Student's interval. Months
    until the margin is 50 % and 0: ln(0.5 / (C/R)) and ln(1 / (C/R)) over the slope.
    """
    rows = margins.filter(
        pl.col("scope_kind").is_in(SCOPES) & ~pl.col("scope_id").str.starts_with("(")
    ).select(*KEY, "revenue_usd", "cost_usd", "margin_share", "status", "reason")
    fits = _fits(rows, rules)
    return (
        rows.join(fits, on=KEY, how="left", validate="1:1")
        .join(_drivers(bridge, rules), on=KEY, how="left", validate="m:1")
        .with_columns(_at_stake(), **_months_left())
        .with_columns(
            _date("half_margin"),
            _date("zero_margin"),
            short_history=(pl.col("observation_count") < rules.spiral_min_months).fill_null(
                value=True
            ),
            is_flagged=(pl.col("ci_low") > 0) & (pl.col("margin_share") < pl.col("first_margin")),
            trap=pl.lit(TRAP),
            unit=pl.lit("log growth per month"),
        )
        .with_columns(_evidence())
    )


def _fits(rows: pl.LazyFrame, rules: TrapRules) -> pl.LazyFrame:
    """A line through ln(cost / revenue) of each window that ends with a settled month."""
    is_settled = (pl.col("reason").ne_missing("incomplete_month")) & (pl.col("cost_usd") > 0)
    rate = ratio(pl.col("cost_usd"), positive(pl.col("revenue_usd"))).log()
    month = pl.col("usage_month").dt.year() * 12 + pl.col("usage_month").dt.month()
    settled = rows.with_columns(rate=rate, number=month.cast(pl.Float64)).filter(
        is_settled & pl.col("rate").is_not_null()
    )
    across, up = pl.col("number") - pl.col("number").mean(), pl.col("rate") - pl.col("rate").mean()
    window = settled.sort(*SCOPE, "usage_month").rolling(
        "usage_month", period=f"{rules.spiral_window_months}mo", group_by=SCOPE
    )
    fitted = window.agg(
        observation_count=pl.len().cast(pl.Int64),
        spread=(across**2).sum(),
        both=(across * up).sum(),
        height=(up**2).sum(),
        middle=pl.col("rate").mean(),
        to_last=across.last(),
        to_first=across.first(),
        first_margin=pl.col("margin_share").first(),
    )
    return fitted.filter(pl.col("observation_count") >= LEAST_MONTHS).with_columns(**_line())


def _line() -> dict[str, pl.Expr]:
    slope, freedom = pl.col("both") / pl.col("spread"), pl.col("observation_count") - 2
    rest = (pl.col("height") - slope * pl.col("both")).clip(lower_bound=0.0)
    error = (rest / freedom / pl.col("spread")).sqrt()
    width = student_quantile(freedom) * error
    return {
        "value": slope,
        "ci_low": slope - width,
        "ci_high": slope + width,
        "ratio_now": (pl.col("middle") + slope * pl.col("to_last")).exp(),
        "ratio_first": (pl.col("middle") + slope * pl.col("to_first")).exp(),
    }


def _months_left() -> dict[str, pl.Expr]:
    """Months until the margin is 50 % and until it is 0; soonest and latest by the interval."""
    found = {}
    for name, share in (("half_margin", 0.5), ("zero_margin", 1.0)):
        distance = (math.log(share) - pl.col("ratio_now").log()).clip(lower_bound=0.0)
        for end, slope in (("", "value"), ("_ci_low", "ci_high"), ("_ci_high", "ci_low")):
            found[f"{name}_months{end}"] = ratio(distance, positive(pl.col(slope)))
    return found


def _date(name: str) -> pl.Expr:
    days = (pl.col(f"{name}_months") * DAYS_PER_MONTH).round()
    is_far = days > 36_500  # noqa: PLR2004 - a century: no forecast, and beyond what a date holds soon
    when = pl.col("usage_month") + pl.duration(days=days.cast(pl.Int64))
    return pl.when(~is_far).then(when).alias(f"{name}_date")


def _at_stake() -> pl.Expr:
    """What the month cost more than at the cost per revenue the window began with."""
    cost, revenue = (pl.col(name).cast(pl.Float64) for name in ("cost_usd", "revenue_usd"))
    excess = (cost - revenue * pl.col("ratio_first")).clip(lower_bound=0.0)
    return excess.round(2).cast(EXACT).alias("at_stake_usd")


def _drivers(bridge: pl.LazyFrame, rules: TrapRules) -> pl.LazyFrame:
    """One row per month of the product: the part that took most of unit profit in the window."""
    parts = bridge.filter(pl.col("part").is_in(DRIVERS)).sort("part", "usage_month")
    summed = parts.rolling(
        "usage_month", period=f"{rules.spiral_window_months}mo", group_by="part"
    ).agg(effect=pl.col("effect_usd").sum(), explanation=pl.col("explanation").last())
    losses = summed.filter(pl.col("effect") < 0).sort("effect", "part")
    driver = pl.format("{}: {}", pl.col("part").first(), pl.col("explanation").first())
    return losses.group_by("usage_month").agg(
        driver=driver, scope_kind=pl.lit("product").first(), scope_id=pl.lit("all").first()
    )


def _evidence() -> pl.Expr:
    low, high, gap = ((pl.col(n) * 100).round(1) for n in ("ci_low", "ci_high", "value"))
    return pl.format(
        "cost against revenue grows {} % a month ({} to {}, {} months); margin {} %, it was {} %",
        gap,
        low,
        high,
        pl.col("observation_count"),
        (pl.col("margin_share") * 100).round(1),
        (pl.col("first_margin") * 100).round(1),
    ).alias("evidence")
