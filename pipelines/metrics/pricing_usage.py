"""What the customers of each month used, earned us and cost, in the units that could be billed."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.metrics.ratio import positive, ratio

CUSTOMER = ["usage_month", "customer_id"]
# Names in brackets are members that are no name: nobody can send them a bill.
NO_NAME = "("


@dataclass(frozen=True, kw_only=True)
class PricingTerms:
    """The terms of the frameworks: units and sources stand beside the variables of these names.

    `base_month` is `newest` or the first day of a month; `elasticities` are of demand to the bill.
    """

    base_month: str
    base_share: float
    included_share: float
    class_ratio: float
    bill_change_share: float
    max_demand_ratio: float
    elasticities: tuple[float, ...]


def pricing_terms(assumptions: Mapping[str, object]) -> PricingTerms:
    """The terms out of the assumptions that the mart's YAML passes on."""
    names = ("base_share", "included_share", "class_ratio", "bill_change_share")
    numbers = {name: float(str(assumptions[name])) for name in (*names, "max_demand_ratio")}
    elasticities = str(assumptions["elasticities"]).split(",")
    return PricingTerms(
        base_month=str(assumptions["base_month"]),
        elasticities=tuple(float(number) for number in elasticities),
        **numbers,
    )


def customer_months(
    usage: pl.LazyFrame, outcomes: pl.LazyFrame, *, class_ratio: float
) -> pl.LazyFrame:
    """One row per month and customer: production use in four units, revenue and fully loaded cost.

    `weighted_tokens` count a token by the price class of its model: what a token of the class
    costs, relative to a token of all models.
    """
    production = usage.filter((pl.col("purpose") == "production") | pl.col("is_unallocated"))
    weights = _class_weights(production, class_ratio)
    used = (
        production.join(weights, on="model", how="left", validate="m:1")
        .group_by(CUSTOMER)
        .agg(
            tokens=pl.col("delivered_tokens").sum().cast(pl.Float64),
            inferences=pl.col("billable_requests").sum().cast(pl.Float64),
            weighted_tokens=(pl.col("delivered_tokens") * pl.col("class_weight")).sum(),
            actual_revenue_usd=pl.col("revenue_usd").sum(),
            actual_cost_usd=pl.col("cost_usd").sum(),
            unpriced_requests=pl.col("unpriced_requests").sum(),
        )
    )
    accepted = outcomes.group_by(CUSTOMER).agg(
        outcomes=pl.col("accepted_outcome_count").sum().cast(pl.Float64)
    )
    return used.join(accepted, on=CUSTOMER, how="left", validate="1:1").with_columns(
        pl.col("outcomes").fill_null(0.0), is_billed=_is_billed()
    )


def _is_billed() -> pl.Expr:
    """Customers with a name who paid or made billable calls."""
    has_name = ~pl.col("customer_id").str.starts_with(NO_NAME)
    return has_name & ((pl.col("actual_revenue_usd") != 0) | (pl.col("inferences") > 0))


def _class_weights(production: pl.LazyFrame, class_ratio: float) -> pl.LazyFrame:
    """One row per model: the relative cost of a token of its class, economy, standard or premium.

    Premium models cost at least `class_ratio` times an average token, economy models at most one
    part in `class_ratio`, over all their production use.
    """
    tokens, cost = pl.col("delivered_tokens"), pl.col("cost_usd")
    served = production.filter(tokens > 0)
    average = ratio(cost.sum(), tokens.sum())
    models = served.group_by("model").agg(tokens=tokens.sum(), cost=cost.sum())
    relative = ratio(ratio(pl.col("cost"), pl.col("tokens")), positive(pl.col("average")))
    classes = (
        models.join(served.select(average=average), how="cross")
        .with_columns(relative=relative)
        .with_columns(
            price_class=pl.when(pl.col("relative") >= class_ratio)
            .then(pl.lit("premium"))
            .when(pl.col("relative") * class_ratio <= 1)
            .then(pl.lit("economy"))
            .otherwise(pl.lit("standard"))
        )
    )
    of_class = ratio(pl.col("cost").sum(), pl.col("tokens").sum()).over("price_class")
    weight = ratio(of_class, positive(pl.col("average")))
    return classes.select("model", class_weight=weight.fill_null(1.0))
