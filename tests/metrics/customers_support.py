"""Rows of the facts about customers, for the tests of the marts that read them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import polars as pl

Row = Mapping[str, object]
Schema = Mapping[str, pl.DataType | type[pl.DataType]]

MONEY = pl.Decimal(38, 12)
JANUARY = date(2025, 1, 1)
LIFETIMES: Schema = {
    **dict.fromkeys(
        ("customer_id", "plan", "segment", "acquisition_channel", "onboarding"), pl.String
    ),
    **dict.fromkeys(
        (
            "signed_up_date",
            "converted_date",
            "churned_date",
            "observed_through_date",
            "signed_up_month",
            "cohort_month",
        ),
        pl.Date,
    ),
    **dict.fromkeys(
        (
            "richness_quartile_number",
            "lost_in_period_number",
            "renewal_months",
            "completed_months",
            "survived_period_count",
            "first_days_input_tokens",
        ),
        pl.Int64,
    ),
    **dict.fromkeys(("is_converted", "is_churned"), pl.Boolean),
}
LIFETIME_DEFAULTS: Row = {
    "customer_id": "acme",
    "plan": "pro",
    "segment": "small",
    "acquisition_channel": "paid",
    "onboarding": "self_serve",
    "signed_up_date": JANUARY,
    "converted_date": JANUARY,
    "observed_through_date": date(2025, 6, 30),
    "signed_up_month": JANUARY,
    "cohort_month": JANUARY,
    "renewal_months": 1,
    "completed_months": 5,
    "survived_period_count": 5,
    "is_converted": True,
    "is_churned": False,
}
CUSTOMER_MONTHS: Schema = {
    **dict.fromkeys(("usage_month", "cohort_month"), pl.Date),
    **dict.fromkeys(
        ("customer_id", "plan", "segment", "acquisition_channel", "model", "model_version"),
        pl.String,
    ),
    **dict.fromkeys(
        (
            "tenure_months",
            "active_user_count",
            "session_count",
            "accepted_outcome_count",
            "judged_outcome_count",
            "successful_requests",
            "billable_requests",
            "unpriced_requests",
            "input_tokens",
        ),
        pl.Int64,
    ),
    "served_version_share": pl.Float64,
    **dict.fromkeys(
        ("revenue_usd", "cost_usd", "trial_cost_usd", "trial_idle_usd", "fully_loaded_cost_usd"),
        MONEY,
    ),
    **dict.fromkeys(("is_active", "is_customer", "has_churned"), pl.Boolean),
}
CUSTOMER_MONTH_DEFAULTS: Row = {
    "usage_month": JANUARY,
    "cohort_month": JANUARY,
    "customer_id": "acme",
    "plan": "pro",
    "segment": "small",
    "acquisition_channel": "paid",
    "model": "large",
    "model_version": "v1",
    "tenure_months": 0,
    "is_active": True,
    "is_customer": True,
    "has_churned": False,
}


def frame(rows: tuple[Row, ...], schema: Schema, defaults: Row) -> pl.LazyFrame:
    """Rows of a fact: what is not said is the default, a number without one is 0, else null."""
    numbers = {name: 0 for name, dtype in schema.items() if dtype in (pl.Int64, MONEY)}
    filled = [{**numbers, **defaults, **row} for row in rows]
    exact = [
        {
            name: Decimal(str(row[name]))
            if dtype == MONEY and row.get(name) is not None
            else row.get(name)
            for name, dtype in schema.items()
        }
        for row in filled
    ]
    return pl.LazyFrame(exact, schema=dict(schema))


def lifetimes_of(*rows: Row) -> pl.LazyFrame:
    """Rows of `fct_customer_lifetimes`; nobody has churned or a richness unless said."""
    unknown = dict.fromkeys(
        ("lost_in_period_number", "richness_quartile_number", "first_days_input_tokens")
    )
    return frame(rows, LIFETIMES, {**unknown, **LIFETIME_DEFAULTS})


def customer_months_of(*rows: Row) -> pl.LazyFrame:
    """Rows of `fct_customer_months`."""
    return frame(rows, CUSTOMER_MONTHS, CUSTOMER_MONTH_DEFAULTS)


def filled(given: Mapping[str, object], like: pl.LazyFrame) -> pl.LazyFrame:
    """Columns of a fact at full length; those that are not given are null."""
    schema = like.collect_schema()
    rows = pl.LazyFrame(dict(given))
    missing = [
        pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in given
    ]
    return rows.with_columns(missing).select(schema.names())
