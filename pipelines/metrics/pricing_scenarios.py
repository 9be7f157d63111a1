"""The mart `pricing_scenarios`: actual usage billed in other ways, and who would win and lose."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.metrics.pricing_replay import ACTUAL, at_elasticity, priced
from pipelines.metrics.pricing_usage import PricingTerms, customer_months
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    MISSING_FEEDS,
    UNCONVERTED_LINES,
    UNPRICED_REQUESTS,
    feed_is_loaded,
    missing_feeds,
    status_and_reason,
)

SCENARIO = ("framework", "usage_month", "base_month", "billing_unit", "demand_elasticity_ratio")
NAMES = ("framework", "scope_id", "usage_month", "base_month")
TEXTS = ("scope_kind", "billing_unit", "effect", "status", "reason")
MONEY = ("actual_revenue_usd", "revenue_usd", "cost_usd", "margin_usd")
PRICES = ("base_fee_usd", "unit_price_usd", "included_quantity")
SUMS = ("actual_revenue_usd", "cost_usd", "unpriced_requests")
QUANTITIES = ("included_quantity", "billed_quantity")
CHANGES = ("raised", "lowered")
COUNTS = ("customer_count", "loss_making_customer_count", *(f"{c}_bill_count" for c in CHANGES))
RATIOS = ("margin_share", "bill_change_share", "demand_elasticity_ratio")
BILLED = ("revenue_usd", "margin_usd", *COUNTS[1:], "margin_share", "bill_change_share")


def pricing_scenarios(
    usage: pl.LazyFrame,
    outcomes: pl.LazyFrame,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    terms: PricingTerms,
) -> pl.LazyFrame:
    """One row per framework, month and customer, and per elasticity for the total: what was left.

    bill = base fee + unit price x (quantity - included); the unit price is such that the bills of
    the base month sum to its actual revenue. With an elasticity e a customer's use and its cost
    become (new bill / bill)^e times what they were, within `max_demand_ratio`; customers are
    replayed at elasticity 0. What nobody can be billed for is a cost of the total.

    Null: what is billed, without its feeds, a base month, or anything billable in it; shares where
    revenue is not above zero; the effect of a customer who paid nothing.
    Source: the article's four pricing frameworks.
    """
    used = customer_months(usage, outcomes, class_ratio=terms.class_ratio)
    # read by every framework and elasticity: kept, or Polars computes it for each of them
    based = used.join(_base_month(used, months, terms.base_month), how="cross").cache()
    bills = priced(based, terms)
    scenarios = [at_elasticity(bills, e, terms) for e in terms.elasticities]
    totals = [_total(scenario, terms) for scenario in scenarios]
    return (
        pl.concat([_customers(at_elasticity(bills, 0.0, terms), terms), *totals])
        .join(missing_feeds(coverage, "inference_logs", "revenue"), how="cross")
        .join(feed_is_loaded(coverage, "outcomes"), how="cross")
        .join(months, on="usage_month", how="left", validate="m:1")
        .with_columns(margin_usd=pl.col("revenue_usd") - pl.col("cost_usd"))
        .with_columns(*_shares(), *_status())
        .with_columns(_null_unless_computable(), _effect(terms.bill_change_share))
        .select(*NAMES, *TEXTS, *MONEY, *PRICES[:2], *QUANTITIES, *COUNTS, *RATIOS)
        .sort("usage_month", "framework", "demand_elasticity_ratio", "scope_kind", "scope_id")
    )


def _base_month(used: pl.LazyFrame, months: pl.LazyFrame, chosen: str) -> pl.LazyFrame:
    """One row: the month prices are calibrated on, the newest complete one that earned anything."""
    if chosen != "newest":
        return pl.LazyFrame({"base_month": [date.fromisoformat(chosen)]})
    complete = months.filter(pl.col("is_complete")).select("usage_month")
    earned = pl.col("is_billed") & (pl.col("actual_revenue_usd") > 0)
    paid = used.filter(earned).join(complete, on="usage_month", how="semi")
    return paid.select(base_month=pl.col("usage_month").max())


def _counts(terms: PricingTerms) -> dict[str, pl.Expr]:
    """What is counted of each customer, as yes or no."""
    revenue, limit, is_named = pl.col("revenue_usd"), terms.bill_change_share, pl.col("is_billed")
    change = ratio(revenue, positive(pl.col("actual_revenue_usd"))) - 1
    return {
        "customer_count": is_named,
        "loss_making_customer_count": is_named & (revenue < pl.col("cost_usd")),
        "raised_bill_count": is_named & (change > limit),
        "lowered_bill_count": is_named & (change < -limit),
    }


def _customers(bills: pl.LazyFrame, terms: PricingTerms) -> pl.LazyFrame:
    """One row per framework, month and customer who can be billed."""
    return bills.filter("is_billed").select(
        *SCENARIO,
        *PRICES,
        *SUMS,
        "revenue_usd",
        "billed_quantity",
        **{name: yes.cast(pl.Int64) for name, yes in _counts(terms).items()},
        scope_kind=pl.lit("customer"),
        scope_id=pl.col("customer_id"),
    )


def _total(bills: pl.LazyFrame, terms: PricingTerms) -> pl.LazyFrame:
    """One row per framework and month; a sum with an unknown bill is unknown."""
    revenue, quantity = pl.col("revenue_usd"), pl.col("billed_quantity")
    sums = bills.group_by(SCENARIO).agg(
        *(pl.col(name).first() for name in PRICES),
        *(pl.col(name).sum() for name in SUMS),
        revenue_usd=pl.when(revenue.is_not_null().all()).then(revenue.sum()),
        billed_quantity=pl.when(quantity.is_not_null().any()).then(quantity.sum()),
        **{name: _count(yes) for name, yes in _counts(terms).items()},
    )
    return sums.with_columns(scope_kind=pl.lit("total"), scope_id=pl.lit("all"))


def _count(condition: pl.Expr) -> pl.Expr:
    return condition.sum().cast(pl.Int64)


def _shares() -> Sequence[pl.Expr]:
    revenue = pl.col("revenue_usd")
    return (
        ratio(pl.col("margin_usd"), positive(revenue)).alias("margin_share"),
        (ratio(revenue, positive(pl.col("actual_revenue_usd"))) - 1).alias("bill_change_share"),
    )


def _null_unless_computable() -> pl.Expr:
    return pl.when(pl.col("status") != "not_computable").then(pl.col(BILLED)).name.keep()


def _effect(limit: float) -> pl.Expr:
    """For whom the framework would be good: a customer wins where the bill falls by the limit."""
    change = pl.col("bill_change_share")
    effect = (
        pl.when(change < -limit)
        .then(pl.lit("wins"))
        .when(change > limit)
        .then(pl.lit("loses"))
        .when(change.is_not_null())
        .then(pl.lit("unchanged"))
    )
    return pl.when(pl.col("scope_kind") == "customer").then(effect).alias("effect")


def _status() -> list[pl.Expr]:
    lacks_outcomes = (pl.col("framework") == "per_outcome") & ~pl.col("has_outcomes")
    is_unpriced = (pl.col("framework") != ACTUAL) & pl.col("unit_price_usd").is_null()
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            (lacks_outcomes, "missing_feeds: outcomes"),
            (pl.col("base_month").is_null(), "no_base_month"),
            (is_unpriced, "nothing_to_bill"),
        ],
        provisional=[UNPRICED_REQUESTS, UNCONVERTED_LINES, INCOMPLETE_MONTH],
    )
