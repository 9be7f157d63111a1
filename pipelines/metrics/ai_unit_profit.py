"""The mart `ai_unit_profit`: what a user leaves, in the article's form and in two that add up."""

import polars as pl

from pipelines.metrics.intervals import Z
from pipelines.metrics.ratio import ratio
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    MISSING_FEEDS,
    UNCONVERTED_LINES,
    UNPRICED_REQUESTS,
    missing_feeds,
    status_and_reason,
)
from pipelines.metrics.unit_forms import COSTS, EXACT, FORMS, Form, lifetimes_by_scope

KEYS = ("scope_id", "usage_month", "scope_kind", "form")
CELL = ["usage_month", "scope_kind", "scope_id"]
TEXTS = ("note", "mev_treatment", "status", "reason")
COUNTS = (
    "active_user_count",
    "unnamed_user_count",
    "customer_count",
    "acquired_customer_count",
    "unpriced_requests",
    "unconverted_lines",
)
MONEY = (
    "revenue_usd",
    "baseline_revenue_usd",
    "mev_usd",
    *COSTS,
    "acquisition_spend_usd",
    "trial_cost_usd",
)
RESULT = (
    "ltv_usd",
    "numerator",
    "denominator",
    "unit_profit_usd",
    "unit_profit_usd_ci_low",
    "unit_profit_usd_ci_high",
)
SHORT_NAMES = {
    "compute_cost_usd": "CC",
    "data_acquisition_cost_usd": "DAC",
    "maintenance_cost_usd": "MMC",
    "acquisition_spend_usd": "CAC",
}


def ai_unit_profit(
    unit_months: pl.LazyFrame,
    efficiency_values: pl.LazyFrame,
    lifetime_values: pl.LazyFrame,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
) -> pl.LazyFrame:
    """One row per month, scope and form: what a user, or a new customer, leaves.

    period (the default): (baseline revenue + MEV - CC - DAC - MMC - CAC) / active users, with
    baseline revenue = revenue - MEV, so that MEV splits realised money and adds nothing;
    literal: (LTV x customers + MEV - CC - DAC - MMC) / active users; cohort: (margin per customer
    x discounted months of life - CAC) per new customer; classic: (LTV - CAC) / new customers.

    Null: without revenue, users, new customers or a lifetime value; MEV without evidence, and the
    row then stands "excluding_mev". Components are exact; only forms with a lifetime have an
    interval. Source: the article's AI unit profit.
    """
    cells = (
        unit_months.join(_efficiency(efficiency_values), on=CELL, how="left", validate="1:1")
        .join(
            lifetimes_by_scope(lifetime_values),
            on=["scope_kind", "scope_id"],
            how="left",
            validate="m:1",
        )
        .join(months.select("usage_month", "is_complete"), on="usage_month", validate="m:1")
        .join(missing_feeds(coverage, "inference_logs", "revenue"), how="cross")
        .with_columns(revenue_usd=pl.when(~_lacks("revenue")).then("revenue_usd"))
        .with_columns(baseline_revenue_usd=pl.col("revenue_usd") - pl.col("mev_usd").fill_null(0))
    )
    return (
        pl.concat([_in_form(cells, form) for form in FORMS])
        .select(*KEYS, *TEXTS, *COUNTS, *MONEY, *RESULT)
        .sort(*CELL, "form")
    )


def _lacks(feed: str) -> pl.Expr:
    return pl.col("missing_feeds").str.contains(feed, literal=True).fill_null(value=False)


def _efficiency(values: pl.LazyFrame) -> pl.LazyFrame:
    """The credited value of all versions of a month, and its standard error; of the product."""
    credited = values.filter(pl.col("credited_usd").is_not_null())
    return credited.group_by("usage_month").agg(
        scope_kind=pl.lit("product"),
        scope_id=pl.lit("all"),
        mev_usd=pl.col("credited_usd").sum().round(12).cast(EXACT),
        mev_error=(pl.col("standard_error_usd") ** 2).sum().sqrt(),
        mev_is_open=(pl.col("effect") == "none_seen").any(),
    )


def _in_form(cells: pl.LazyFrame, form: Form) -> pl.LazyFrame:
    whole = pl.col(form.denominator).cast(pl.Int64)
    is_there = pl.col("missing_feeds").is_null()
    rows = cells.with_columns(
        form=pl.lit(form.name),
        note=pl.lit(form.note),
        mev_treatment=pl.when(pl.col("mev_usd").is_null())
        .then(pl.lit("excluding_mev"))
        .otherwise(pl.lit("including_mev")),
        numerator=pl.when(is_there).then(form.numerator.cast(EXACT)),
        denominator=whole,
        width=Z * form.error,
    )
    centre = ratio(pl.col("numerator"), pl.col("denominator"))
    width = ratio(pl.col("width"), pl.col("denominator"))
    return rows.with_columns(
        *_status(form),
        unit_profit_usd=centre,
        unit_profit_usd_ci_low=centre - width,
        unit_profit_usd_ci_high=centre + width,
        ltv_usd=pl.when(pl.lit(form.has_lifetime)).then("ltv_usd"),
    )


def _status(form: Form) -> list[pl.Expr]:
    parts = [name for name in SHORT_NAMES if form.has_acquisition or SHORT_NAMES[name] != "CAC"]
    lacking = [pl.when(pl.col(name).is_null()).then(pl.lit(SHORT_NAMES[name])) for name in parts]
    listed = pl.concat_str(lacking, separator=", ", ignore_nulls=True)
    nobody = f"no_{form.denominator.removesuffix('_count')}s"
    needs_life = pl.lit(form.has_lifetime)
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            (needs_life & pl.col("numerator").is_null(), "no_lifetime_value"),
            (pl.col("denominator").fill_null(0) == 0, nobody),
        ],
        provisional=[
            (listed != "", pl.concat_str(pl.lit("missing_components: "), listed)),
            UNPRICED_REQUESTS,
            UNCONVERTED_LINES,
            (pl.lit(form.denominator == COUNTS[0]) & (pl.col(COUNTS[1]) > 0), "users_without_name"),
            (needs_life & pl.col("lifetime_status").is_not_null(), "lifetime_value_provisional"),
            INCOMPLETE_MONTH,
        ],
        inconclusive=[
            (pl.lit(form.name == "literal") & pl.col("mev_is_open"), "mev_holds_zero"),
        ],
    )
