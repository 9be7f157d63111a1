"""The mart `acquisition_cost`: what a new customer costs, with the trials on the way."""

from collections.abc import Sequence

import polars as pl

from pipelines.metrics.ratio import ratio
from pipelines.metrics.scopes import PRODUCT, in_every_scope
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    UNCONVERTED_LINES,
    UNPRICED_REQUESTS,
    feed_is_loaded,
    status_and_reason,
)

EXACT = pl.Decimal(38, 12)
KEYS = ("scope_id", "cohort_month", "scope_kind")
CELL = ["cohort_month", "scope_kind", "scope_id"]
TEXTS = ("payback", "adjusted_payback", "status", "reason")
MONEY = (
    "acquisition_spend_usd",
    "trial_cost_usd",
    "never_converted_trial_cost_usd",
    "trial_idle_usd",
)
COUNTS = ("acquired_customer_count", "unpriced_requests", "unconverted_lines", "observed_months")
RATIOS = (
    "cac_usd",
    "adjusted_cac_usd",
    "margin_per_customer_usd",
    "payback_months",
    "adjusted_payback_months",
)
SUMS = (*MONEY, "acquired_customer_count", "unpriced_requests", "unconverted_lines")


def acquisition_cost(
    lifetimes: pl.LazyFrame,
    customer_months: pl.LazyFrame,
    spend: pl.LazyFrame,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    lag_months: int,
    assisted_channels: Sequence[str],
) -> pl.LazyFrame:
    """One row per cohort month and scope: what winning a customer cost, and when it came back.

    CAC = spend of the month `lag_months` earlier / customers who first paid in the month; the
    AI-adjusted CAC adds the trial inference of the month, idle share and never-converted users
    included. Payback: the first month of the cohort by whose end its contribution margin per
    acquired customer has reached the cost. Money in the reporting currency.

    Null: both costs without the feed `acquisition_spend` or without a new customer; a payback that
    has not been reached, which is not extrapolated.
    Source: the article's AI-adjusted CAC.
    """
    scopes = {
        **PRODUCT,
        "channel": pl.col("acquisition_channel"),
        "onboarding": _onboarding(assisted_channels),
    }
    parts = [_spent(spend, lag_months), _tried(customer_months, lifetimes), _won(lifetimes)]
    cells = (
        in_every_scope(pl.concat(parts, how="diagonal"), scopes)
        .group_by(CELL)
        .agg(pl.col(SUMS).sum())
        .join(_calendar(months), on="cohort_month", how="inner", validate="m:1")
        .join(feed_is_loaded(coverage, "acquisition_spend"), how="cross")
        .with_columns(pl.when("has_acquisition_spend").then("acquisition_spend_usd"))
        .with_columns(**_costs())
    )
    return (
        _with_payback(cells, in_every_scope(_margins(customer_months, lifetimes), scopes))
        .with_columns(_status())
        .select(*KEYS, *TEXTS, *MONEY, *COUNTS, *RATIOS)
        .sort(CELL)
    )


def _onboarding(assisted_channels: Sequence[str]) -> pl.Expr:
    channel = pl.col("acquisition_channel")
    return (
        pl.when(channel == "(unknown)")
        .then(channel)
        .when(channel.is_in(list(assisted_channels)))
        .then(pl.lit("assisted"))
        .otherwise(pl.lit("self_serve"))
    )


def _calendar(months: pl.LazyFrame) -> pl.LazyFrame:
    return months.select(pl.col("usage_month").alias("cohort_month"), "is_complete")


def _spent(spend: pl.LazyFrame, lag_months: int) -> pl.LazyFrame:
    month = pl.col("spend_date").dt.truncate("1mo").dt.offset_by(f"{lag_months}mo")
    return spend.select(
        month.alias("cohort_month"),
        pl.col("channel").alias("acquisition_channel"),
        pl.col("spend_usd").alias("acquisition_spend_usd"),
        "unconverted_lines",
    )


def _tried(customer_months: pl.LazyFrame, lifetimes: pl.LazyFrame) -> pl.LazyFrame:
    """The trial use of each month; of it, that of customers who have not paid so far."""
    conversions = lifetimes.select("customer_id", "is_converted")
    has_paid = pl.col("is_converted").fill_null(value=False)
    zero = pl.lit(0, dtype=EXACT)
    is_trial = pl.col("trial_cost_usd") > 0
    return customer_months.join(conversions, on="customer_id", how="left", validate="m:1").select(
        pl.col("usage_month").alias("cohort_month"),
        "acquisition_channel",
        "trial_cost_usd",
        "trial_idle_usd",
        pl.when(has_paid).then(zero).otherwise("trial_cost_usd").alias(MONEY[2]),
        pl.when(is_trial).then("unpriced_requests").otherwise(0).alias("unpriced_requests"),
    )


def _won(lifetimes: pl.LazyFrame) -> pl.LazyFrame:
    return lifetimes.filter("is_converted").select(
        "cohort_month", "acquisition_channel", acquired_customer_count=pl.lit(1, dtype=pl.Int64)
    )


def _costs() -> dict[str, pl.Expr]:
    spend, customers = pl.col("acquisition_spend_usd"), pl.col("acquired_customer_count")
    return {
        "cac_usd": ratio(spend, customers),
        "adjusted_cac_usd": ratio(spend + pl.col("trial_cost_usd"), customers),
    }


def _margins(customer_months: pl.LazyFrame, lifetimes: pl.LazyFrame) -> pl.LazyFrame:
    """What customers left in each month since they first paid: revenue less inference."""
    margin = (pl.col("revenue_usd") - pl.col("cost_usd")).alias("margin_usd")
    known = lifetimes.select("customer_id")
    paid = customer_months.filter(pl.col("tenure_months") >= 0)
    return paid.join(known, on="customer_id", how="semi").select(
        "cohort_month", "acquisition_channel", "tenure_months", margin
    )


def _with_payback(cells: pl.LazyFrame, margins: pl.LazyFrame) -> pl.LazyFrame:
    """The cells with what a customer has left so far, and in which month that covered the cost."""
    keys = cells.select(*CELL, "acquired_customer_count", "cac_usd", "adjusted_cac_usd")
    ages = (
        margins.group_by(*CELL, "tenure_months")
        .agg(pl.col("margin_usd").sum())
        .sort(*CELL, "tenure_months")
        .with_columns(pl.col("margin_usd").cum_sum().over(CELL))
        .join(keys, on=CELL, how="inner", validate="m:1")
        .with_columns(left=ratio(pl.col("margin_usd"), pl.col("acquired_customer_count")))
    )
    age = (pl.col("tenure_months") + 1).cast(pl.Float64)
    reached = ages.group_by(CELL).agg(
        margin_per_customer_usd=pl.col("left").sort_by("tenure_months").last(),
        observed_months=(pl.col("tenure_months").max() + 1),
        payback_months=age.filter(pl.col("left") >= pl.col("cac_usd")).min(),
        adjusted_payback_months=age.filter(pl.col("left") >= pl.col("adjusted_cac_usd")).min(),
    )
    return cells.join(reached, on=CELL, how="left", validate="1:1").with_columns(
        pl.col("observed_months").fill_null(0),
        payback=_outcome("cac_usd", "payback_months"),
        adjusted_payback=_outcome("adjusted_cac_usd", "adjusted_payback_months"),
    )


def _outcome(cost: str, months: str) -> pl.Expr:
    is_reached = pl.col(months).is_not_null()
    outcome = pl.when(is_reached).then(pl.lit("paid_back")).otherwise(pl.lit("not_yet"))
    return pl.when(pl.col(cost).is_not_null()).then(outcome)


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            (~pl.col("has_acquisition_spend"), "missing_feeds: acquisition_spend"),
            (pl.col("acquired_customer_count") == 0, "no_acquired_customers"),
        ],
        provisional=[UNPRICED_REQUESTS, UNCONVERTED_LINES, INCOMPLETE_MONTH],
    )
