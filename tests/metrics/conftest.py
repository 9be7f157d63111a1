"""Frames that the tests of the metrics share: a month of usage, calendar and coverage."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

Row = Mapping[str, object]
Frame = Callable[..., pl.LazyFrame]

MARCH = date(2025, 3, 1)
MONEY = pl.Decimal(38, 12)
USAGE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "usage_month": pl.Date,
    **dict.fromkeys(("customer_id", "segment", "feature", "model", "purpose"), pl.String),
    **dict.fromkeys(
        (
            "inference_requests",
            "billable_requests",
            "unpriced_requests",
            "cache_measured_requests",
            "input_tokens",
            "cache_read_tokens",
            "output_tokens",
            "delivered_tokens",
        ),
        pl.Int64,
    ),
    "summed_cache_read_share": pl.Float64,
    **dict.fromkeys(
        (
            "direct_usd",
            "idle_usd",
            "api_usd",
            "cost_usd",
            "failed_usd",
            "failed_idle_usd",
            "retried_usd",
            "retried_idle_usd",
            "cache_saving_usd",
            "revenue_usd",
            "token_weighted_revenue_usd",
        ),
        MONEY,
    ),
    "is_unallocated": pl.Boolean,
}
USAGE_DEFAULTS: Row = {
    "usage_month": MARCH,
    "customer_id": "acme",
    "segment": "small",
    "feature": "chat",
    "model": "large",
    "purpose": "production",
    "is_unallocated": False,
}


def _exact(value: object, dtype: object) -> object:
    return Decimal(str(value)) if dtype == MONEY and value is not None else value


@pytest.fixture(scope="session")
def usage_of() -> Frame:
    """Rows of `fct_inference_months`: what is not said is 0, and the cost is its three parts."""

    def build(*rows: Row) -> pl.LazyFrame:
        zeros = {name: 0 for name in USAGE_SCHEMA if name not in USAGE_DEFAULTS}
        filled = [{**zeros, **USAGE_DEFAULTS, **row} for row in rows]
        exact = [{n: _exact(row[n], dtype) for n, dtype in USAGE_SCHEMA.items()} for row in filled]
        parts = pl.col("direct_usd") + pl.col("idle_usd") + pl.col("api_usd")
        return pl.LazyFrame(exact, schema=USAGE_SCHEMA).with_columns(cost_usd=parts)

    return build


@pytest.fixture(scope="session")
def months_of() -> Frame:
    """Rows of `dim_months`, complete unless named as `open_months`."""

    def build(
        *months: date, open_months: tuple[date, ...] = (), unconverted_lines: int = 0
    ) -> pl.LazyFrame:
        starts = pl.LazyFrame({"usage_month": [*months, *open_months]}, {"usage_month": pl.Date})
        end = pl.col("usage_month").dt.month_end()
        is_open = pl.col("usage_month").is_in(open_months)
        return starts.with_columns(
            month_end_date=end,
            complete_through_date=pl.when(is_open).then("usage_month").otherwise(end),
            is_complete=~is_open,
            unconverted_lines=pl.lit(unconverted_lines, dtype=pl.Int64),
        )

    return build


@pytest.fixture(scope="session")
def coverage_of() -> Frame:
    """Rows of `fct_feed_coverage`: each feed with its number of rows."""

    def build(**row_counts: int) -> pl.LazyFrame:
        return pl.LazyFrame(
            {"feed": list(row_counts), "row_count": list(row_counts.values())},
            {"feed": pl.String, "row_count": pl.Int64},
        )

    return build
