"""The mart `value_alignment`: whether bills follow what customers get or how much they use."""

import polars as pl
from scipy.stats import norm  # type: ignore[import-untyped]  # ships no types

from pipelines.metrics.intervals import Z
from pipelines.metrics.pricing_usage import CUSTOMER, customer_months
from pipelines.metrics.rank_correlation import SAME_ORDER, partial, spearman, with_interval
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    MISSING_FEEDS,
    UNCONVERTED_LINES,
    UNPRICED_REQUESTS,
    missing_feeds,
    status_and_reason,
)

FEEDS = ("inference_logs", "revenue", "outcomes")
# The bill is compared with what the customer got, what it cost us and how much was used.
COMPARED = {
    "bill_value_ratio": "outcome_value",
    "bill_cost_ratio": "actual_cost_usd",
    "bill_usage_ratio": "tokens",
}
PARTIAL = "bill_value_given_usage_ratio"
TEXTS = ("value_basis", "alignment", "status", "reason")
COUNTS = ("customer_count", "needed_customer_count")
ENDS = ("", "_ci_low", "_ci_high")
# Below three customers every order agrees or disagrees with every other one.
LEAST_ORDERED = 3


def value_alignment(
    usage: pl.LazyFrame,
    outcomes: pl.LazyFrame,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    min_customers: int,
    negligible_ratio: float,
    decision_power: float,
) -> pl.LazyFrame:
    """One row per month: how bills rank with outcome value, cost and usage, and what they follow.

    Spearman's coefficients over the customers who paid and whose outcomes are known. `usage`: the
    bill is ordered exactly as use, or follows it and value adds less than `negligible_ratio`;
    `value`: the partial coefficient of bill and value given usage is at least that, and above 0
    beyond chance; `undecided`: the bill follows neither.

    Null: a coefficient where something does not vary, or below three customers; the partial one
    where usage explains the bill or the value entirely. `insufficient` below `min_customers`.
    Source: the article's question "are we pricing value or usage?"; Bonett & Wright (2000).
    """
    customers = _customers(usage, outcomes)
    return (
        customers.group_by("usage_month")
        .agg(**_coefficients())
        .with_columns(**_from_three_on())
        .with_columns(partial("bill_value_ratio", "bill_usage_ratio", "value_usage").alias(PARTIAL))
        .with_columns(*_intervals())
        .join(missing_feeds(coverage, *FEEDS), how="cross")
        .join(months, on="usage_month", how="left", validate="1:1")
        .with_columns(unconverted_lines=pl.col("unconverted_lines") + pl.col("unvalued_lines"))
        .with_columns(_alignment(min_customers, negligible_ratio))
        .with_columns(_needed(negligible_ratio, decision_power), *_status())
        .select("usage_month", *TEXTS, *COUNTS, *_ratio_columns())
        .sort("usage_month")
    )


def _customers(usage: pl.LazyFrame, outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """Customers who paid in a month and of whose work the outcome is known, as floats to rank."""
    gains = outcomes.group_by(CUSTOMER).agg(
        value=pl.col("outcome_value_usd").sum(),
        valued=pl.col("valued_outcome_count").sum(),
        unvalued_lines=pl.col("unconverted_lines").sum(),
    )
    used = customer_months(usage, outcomes, class_ratio=1.0)
    paid = used.filter(pl.col("is_billed") & (pl.col("actual_revenue_usd") > 0))
    is_valued = (pl.col("valued").sum() > 0).over("usage_month")
    return paid.join(gains, on=CUSTOMER, how="inner", validate="1:1").with_columns(
        pl.col("actual_revenue_usd", "actual_cost_usd").cast(pl.Float64),
        value_basis=pl.when(is_valued).then(pl.lit("stated_value")).otherwise(pl.lit("accepted")),
        outcome_value=pl.when(is_valued)
        .then(pl.col("value").cast(pl.Float64))
        .otherwise("outcomes"),
    )


def _coefficients() -> dict[str, pl.Expr]:
    bill = "actual_revenue_usd"
    return {
        "customer_count": pl.len().cast(pl.Int64),
        "value_basis": pl.col("value_basis").first(),
        "unvalued_lines": pl.col("unvalued_lines").sum(),
        "unpriced_requests": pl.col("unpriced_requests").sum(),
        **{name: spearman(bill, other) for name, other in COMPARED.items()},
        "bill_calls": spearman(bill, "inferences"),
        "value_usage": spearman("outcome_value", "tokens"),
    }


def _from_three_on() -> dict[str, pl.Expr]:
    names = (*COMPARED, "bill_calls", "value_usage")
    is_ordered = pl.col("customer_count") >= LEAST_ORDERED
    return {name: pl.when(is_ordered).then(name) for name in names}


def _intervals() -> list[pl.Expr]:
    count = pl.col("customer_count")
    plain = [end for name in COMPARED for end in with_interval(name, count)]
    return [*plain, *with_interval(PARTIAL, count, given=1)]


def _alignment(min_customers: int, negligible: float) -> pl.Expr:
    low, high = pl.col(f"{PARTIAL}_ci_low"), pl.col(f"{PARTIAL}_ci_high")
    adds_value = (pl.col(PARTIAL) >= SAME_ORDER) | ((pl.col(PARTIAL) >= negligible) & (low > 0))
    exact = pl.max_horizontal("bill_usage_ratio", "bill_calls") >= SAME_ORDER
    follows_usage = pl.col("bill_usage_ratio_ci_low") > 0
    return (
        pl.when(pl.col("bill_usage_ratio").is_null())
        .then(None)
        .when(pl.col("customer_count") < min_customers)
        .then(pl.lit("insufficient"))
        .when(exact)
        .then(pl.lit("usage"))
        .when(adds_value)
        .then(pl.lit("value"))
        .when((high < negligible) & follows_usage)
        .then(pl.lit("usage"))
        .when(high < negligible)
        .then(pl.lit("undecided"))
        .otherwise(pl.lit("inconclusive"))
        .alias("alignment")
    )


def _needed(negligible: float, power: float) -> pl.Expr:
    """Customers at which this coefficient would be told from 0, or from what is negligible."""
    coefficient = pl.col(PARTIAL)
    distance = pl.max_horizontal(
        coefficient.arctanh(), pl.lit(negligible).arctanh() - coefficient.arctanh()
    )
    errors = (Z + float(norm.ppf(power))) / distance
    needed = 4 + (1 + coefficient**2 / 2) * errors**2
    is_open = pl.col("alignment").is_in(["insufficient", "inconclusive"])
    known = is_open & (distance > 0) & needed.is_finite()
    return pl.when(known).then(needed.ceil().cast(pl.Int64)).alias("needed_customer_count")


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            (pl.col("customer_count") < LEAST_ORDERED, "few_customers"),
            (pl.col("alignment").is_null(), "no_variation"),
        ],
        provisional=[UNPRICED_REQUESTS, UNCONVERTED_LINES, INCOMPLETE_MONTH],
        inconclusive=[
            (pl.col("alignment") == "insufficient", "few_customers"),
            (pl.col("alignment") == "inconclusive", "interval_straddles_goal"),
        ],
    )


def _ratio_columns() -> list[str]:
    return [f"{name}{end}" for name in (*COMPARED, PARTIAL) for end in ENDS]
