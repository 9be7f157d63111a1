"""The forms in which unit profit is written: what stands above the line, and what below."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.metrics.intervals import Z
from pipelines.metrics.ratio import ratio

EXACT = pl.Decimal(38, 12)
COSTS = ("compute_cost_usd", "data_acquisition_cost_usd", "maintenance_cost_usd")


@dataclass(frozen=True, kw_only=True)
class Form:
    """One way to write unit profit: numerator, its standard error, the column it is divided by."""

    name: str
    note: str
    numerator: pl.Expr
    error: pl.Expr
    denominator: str
    has_lifetime: bool = False
    has_acquisition: bool = True


def known(name: str) -> pl.Expr:
    """A component, 0 where it is unknown: the row's status names it."""
    return pl.col(name).fill_null(0).cast(EXACT)


def _money(amount: pl.Expr) -> pl.Expr:
    return amount.cast(pl.Float64).round(12).cast(EXACT)


UPKEEP = known(COSTS[0]) + known(COSTS[1]) + known(COSTS[2])
SPEND = known("acquisition_spend_usd")
USERS, NEW = "active_user_count", "acquired_customer_count"
LIFE_VALUE = _money(pl.col("ltv_usd") * pl.col("customer_count"))
MARGIN_PER_CUSTOMER = ratio(pl.col("revenue_usd") - UPKEEP, pl.col("customer_count"))
EXACTLY = pl.lit(None, dtype=pl.Float64)

FORMS = (
    Form(
        name="period",
        note="revenue less the month's costs, per active user of the month",
        numerator=pl.col("revenue_usd") - UPKEEP - SPEND,
        error=EXACTLY,
        denominator=USERS,
    ),
    Form(
        name="literal",
        note="the article's formula: a lifetime stands beside a month's cost, CAC is absent",
        numerator=LIFE_VALUE + known("mev_usd") - UPKEEP,
        error=(
            (pl.col("ltv_error") * pl.col("customer_count")) ** 2
            + pl.col("mev_error").fill_null(0.0) ** 2
        ).sqrt(),
        denominator=USERS,
        has_lifetime=True,
        has_acquisition=False,
    ),
    Form(
        name="cohort",
        note="a new customer's discounted life at the month's margin, less what winning them cost",
        numerator=_money(MARGIN_PER_CUSTOMER * pl.col("life_months") * pl.col(NEW)) - SPEND,
        error=(MARGIN_PER_CUSTOMER * pl.col("life_error") * pl.col(NEW)).abs(),
        denominator=NEW,
        has_lifetime=True,
    ),
    Form(
        name="classic",
        note="lifetime value less acquisition cost, per new customer",
        numerator=_money(pl.col("ltv_usd") * pl.col(NEW)) - SPEND,
        error=pl.col("ltv_error") * pl.col(NEW),
        denominator=NEW,
        has_lifetime=True,
    ),
)


def lifetimes_by_scope(values: pl.LazyFrame) -> pl.LazyFrame:
    """Lifetime value per scope over its renewal terms: means by customers, errors added."""
    kinds = ("product", "segment")
    customers = pl.col("customer_count").cast(pl.Float64)
    weight = ratio(customers, customers.sum().over("scope_kind", "scope_id"))
    usable = values.filter(pl.col("scope_kind").is_in(kinds) & pl.col("ltv_usd").is_not_null())
    return (
        usable.with_columns(
            weight=weight,
            one_error=_error("ltv_usd"),
            life_one_error=_error("discounted_lifetime_months"),
        )
        .group_by("scope_kind", "scope_id")
        .agg(**_pooled())
    )


def _pooled() -> Mapping[str, pl.Expr]:
    weight = pl.col("weight")
    return {
        "ltv_usd": (weight * pl.col("ltv_usd")).sum(),
        "ltv_error": ((weight * pl.col("one_error")) ** 2).sum().sqrt(),
        "life_months": (weight * pl.col("discounted_lifetime_months")).sum(),
        "life_error": ((weight * pl.col("life_one_error")) ** 2).sum().sqrt(),
        "lifetime_status": pl.when((pl.col("status") != "ok").any()).then(pl.lit("provisional")),
    }


def _error(name: str) -> pl.Expr:
    return (pl.col(f"{name}_ci_high") - pl.col(f"{name}_ci_low")) * (0.5 / Z)
