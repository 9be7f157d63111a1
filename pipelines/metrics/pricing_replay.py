"""Actual usage billed by each framework, at prices neutral to the base month's revenue."""

from typing import Literal

import polars as pl

from pipelines.metrics.pricing_usage import PricingTerms
from pipelines.metrics.ratio import positive, ratio

EXACT = pl.Decimal(38, 12)
Unit = Literal["tokens", "inferences", "outcomes", "weighted_tokens"]
# Each framework with the unit it bills; `actual` is what was billed, the reference of all changes.
FRAMEWORKS: dict[str, Unit | None] = {
    "actual": None,
    "per_token": "tokens",
    "per_inference": "inferences",
    "per_outcome": "outcomes",
    "base_plus_overage": "tokens",
    "model_tiers": "weighted_tokens",
}
ACTUAL, WITH_BASE = "actual", "base_plus_overage"
# Bills of scenarios are estimates; six decimals keep their sum within a cent of what is calibrated.
BILL_DIGITS = 6


def priced(used: pl.LazyFrame, terms: PricingTerms) -> pl.LazyFrame:
    """One row per framework, customer and month: what would be billed, and at which price.

    `used` are the months of customers with the column `base_month`.
    """
    billable = pl.concat([_billable(used, name, unit) for name, unit in FRAMEWORKS.items()])
    prices = _prices(billable, terms)
    return billable.join(prices, on="framework", how="left", validate="m:1").with_columns(
        plain_bill=_bill(pl.col("quantity"))
    )


def _billable(used: pl.LazyFrame, framework: str, unit: Unit | None) -> pl.LazyFrame:
    quantity = pl.lit(None) if unit is None else pl.when("is_billed").then(unit).otherwise(0.0)
    return used.with_columns(
        framework=pl.lit(framework),
        billing_unit=pl.lit(unit, dtype=pl.String),
        quantity=quantity.cast(pl.Float64),
    )


def _prices(billable: pl.LazyFrame, terms: PricingTerms) -> pl.LazyFrame:
    """One row per framework: base fee, included quantity, and the unit price that is neutral."""
    of_base = billable.filter(pl.col("is_billed") & (pl.col("usage_month") == pl.col("base_month")))
    has_base = pl.col("framework") == WITH_BASE
    sums = of_base.group_by("framework").agg(
        revenue=pl.col("actual_revenue_usd").sum().cast(pl.Float64),
        customers=pl.len(),
        quantity_per_customer=pl.col("quantity").mean(),
        overage=_above(pl.col("quantity"), terms.included_share * pl.col("quantity").mean()).sum(),
        plain=pl.col("quantity").sum(),
    )
    from_base = pl.when(has_base).then(terms.base_share).otherwise(0.0)
    billed = pl.when(has_base).then("overage").otherwise("plain")
    share_included = pl.when(has_base).then(terms.included_share).otherwise(0.0)
    return sums.filter(pl.col("framework") != ACTUAL).select(
        "framework",
        base_fee_usd=ratio(from_base * pl.col("revenue"), pl.col("customers")),
        unit_price_usd=ratio((1 - from_base) * pl.col("revenue"), positive(billed)),
        included_quantity=share_included * pl.col("quantity_per_customer"),
    )


def _above(quantity: pl.Expr, included: pl.Expr) -> pl.Expr:
    return (quantity - included).clip(lower_bound=0.0)


def _bill(quantity: pl.Expr) -> pl.Expr:
    """The bill at a quantity, unrounded; nothing for whoever cannot be billed."""
    overage = _above(quantity, pl.col("included_quantity"))
    bill = pl.col("base_fee_usd") + pl.col("unit_price_usd") * overage
    return pl.when("is_billed").then(bill).otherwise(0.0)


def at_elasticity(rows: pl.LazyFrame, elasticity: float, terms: PricingTerms) -> pl.LazyFrame:
    """The priced rows with the bill and the cost once demand has answered the new bill."""
    demand, is_actual = pl.col("demand"), pl.col("framework") == ACTUAL
    bill = _bill(pl.col("quantity") * demand).round(BILL_DIGITS).cast(EXACT)
    cost = (pl.col("actual_cost_usd").cast(pl.Float64) * demand).round(BILL_DIGITS).cast(EXACT)
    return rows.with_columns(demand=_demand(elasticity, terms.max_demand_ratio)).with_columns(
        demand_elasticity_ratio=pl.lit(elasticity, dtype=pl.Float64),
        revenue_usd=pl.when(is_actual).then("actual_revenue_usd").otherwise(bill),
        cost_usd=pl.when(demand == 1).then("actual_cost_usd").otherwise(cost),
        billed_quantity=pl.col("quantity") * demand,
    )


def _demand(elasticity: float, most: float) -> pl.Expr:
    """What is left of a customer's use: (new bill / bill)^elasticity, within bounds; 1 unbilled."""
    change = ratio(pl.col("plain_bill"), positive(pl.col("actual_revenue_usd")))
    response = change.pow(elasticity).clip(1 / most, most).fill_null(1.0)
    moves = (pl.col("framework") != ACTUAL) & pl.lit(elasticity != 0)
    return pl.when(moves).then(response).otherwise(1.0)
