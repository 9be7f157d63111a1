"""The cost of a customer: the worked example, trials that came to nothing, payback as observed."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from metrics.customers_support import MONEY, Row, customer_months_of, lifetimes_of

from pipelines.metrics.acquisition_cost import acquisition_cost

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]

JANUARY, FEBRUARY, MARCH = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)
CUSTOMERS = tuple({"customer_id": f"c{number}"} for number in range(500))
TRIAL = {"tenure_months": None, "is_customer": False, "cohort_month": None}
EXAMPLE_USE: tuple[Row, ...] = (
    {**TRIAL, "customer_id": "c0", "trial_cost_usd": 10_000, "trial_idle_usd": 2_500},
    {**TRIAL, "customer_id": "never", "trial_cost_usd": 8_000},
)
SPEND_SCHEMA = {
    "spend_date": pl.Date,
    "channel": pl.String,
    "spend_usd": MONEY,
    "unconverted_lines": pl.Int64,
}


def spent(*lines: tuple[date, str, int | None]) -> pl.LazyFrame:
    """Rows of `fct_acquisition_spend_daily`: day, channel, amount (None has no rate)."""
    rows = [
        (day, channel, None if usd is None else Decimal(usd), int(usd is None))
        for day, channel, usd in lines
    ]
    return pl.LazyFrame(rows, schema=SPEND_SCHEMA, orient="row")


@pytest.fixture
def cost(months_of: Frame, coverage_of: Frame) -> Mart:
    """The mart; two complete months and loaded spend unless said otherwise."""

    def build(
        customers: tuple[Row, ...], use: tuple[Row, ...], spend: pl.LazyFrame, **other: object
    ) -> pl.DataFrame:
        return acquisition_cost(
            lifetimes_of(*customers),
            customer_months_of(*use),
            spend,
            other.get("months", months_of(JANUARY, FEBRUARY, MARCH)),
            other.get("coverage", coverage_of(acquisition_spend=1)),
            lag_months=other.get("lag_months", 0),
            assisted_channels=["outbound"],
        ).collect()

    return build


def row_of(
    mart: pl.DataFrame, kind: str, member: str, month: date = JANUARY
) -> Mapping[str, object]:
    """One row of the mart."""
    chosen = (
        (pl.col("scope_kind") == kind)
        & (pl.col("scope_id") == member)
        & (pl.col("cohort_month") == month)
    )
    return mart.row(by_predicate=chosen, named=True)


def test_the_worked_example_costs_100_and_with_its_trials_136(cost: Mart) -> None:
    row = row_of(cost(CUSTOMERS, EXAMPLE_USE, spent((JANUARY, "paid", 50_000))), "product", "all")
    assert row["cac_usd"] == pytest.approx(50_000 / 500)
    assert row["adjusted_cac_usd"] == pytest.approx((50_000 + 18_000) / 500)
    assert (row["cac_usd"], row["adjusted_cac_usd"]) == (100, 136)
    assert (row["trial_cost_usd"], row["never_converted_trial_cost_usd"]) == (18_000, 8_000)
    assert (row["trial_idle_usd"], row["status"]) == (2_500, "ok")


def test_a_month_without_a_new_customer_has_spend_and_no_cost_per_customer(cost: Mart) -> None:
    row = row_of(cost((), (), spent((FEBRUARY, "paid", 70))), "product", "all", FEBRUARY)
    assert (row["acquisition_spend_usd"], row["cac_usd"]) == (70, None)
    assert (row["status"], row["reason"]) == ("not_computable", "no_acquired_customers")


def test_without_the_feed_the_spend_is_unknown_not_nothing(cost: Mart, coverage_of: Frame) -> None:
    mart = cost(CUSTOMERS, EXAMPLE_USE, spent(), coverage=coverage_of(acquisition_spend=0))
    row = row_of(mart, "product", "all")
    assert (row["acquisition_spend_usd"], row["cac_usd"], row["adjusted_cac_usd"]) == (None,) * 3
    assert row["reason"] == "missing_feeds: acquisition_spend"


def test_a_channel_nobody_paid_for_costs_its_trials_only(cost: Mart) -> None:
    organic = {"customer_id": "o", "acquisition_channel": "organic"}
    use = {**TRIAL, **organic, "trial_cost_usd": 6}
    row = row_of(cost((organic,), (use,), spent((JANUARY, "paid", 9))), "channel", "organic")
    assert (row["cac_usd"], row["adjusted_cac_usd"], row["status"]) == (0, 6, "ok")


def test_spend_without_an_exchange_rate_is_counted(cost: Mart) -> None:
    mart = cost(CUSTOMERS, (), spent((JANUARY, "paid", 500), (JANUARY, "paid", None)))
    row = row_of(mart, "product", "all")
    assert (row["cac_usd"], row["unconverted_lines"]) == (1, 1)
    assert (row["status"], row["reason"]) == ("provisional", "unconverted_amount")


def test_spend_meets_the_cohort_that_comes_later(cost: Mart) -> None:
    mart = cost(CUSTOMERS, (), spent((date(2024, 11, 9), "paid", 500)), lag_months=2)
    assert row_of(mart, "product", "all")["cac_usd"] == 1


def test_payback_is_the_month_in_which_the_margin_has_come_back(cost: Mart) -> None:
    customer = {"customer_id": "a"}
    use = tuple(
        {**customer, "usage_month": month, "tenure_months": age, "revenue_usd": 50, "cost_usd": 10}
        for age, month in enumerate((JANUARY, FEBRUARY, MARCH))
    )
    trial = {**TRIAL, **customer, "usage_month": date(2024, 12, 1), "trial_cost_usd": 99}
    row = row_of(cost((customer,), (*use, trial), spent((JANUARY, "paid", 80))), "product", "all")
    assert (row["payback_months"], row["payback"]) == (2, "paid_back")
    assert (row["margin_per_customer_usd"], row["observed_months"]) == (3 * (50 - 10), 3)
    dear = row_of(cost((customer,), use, spent((JANUARY, "paid", 121))), "product", "all")
    assert (dear["payback_months"], dear["payback"]) == (None, "not_yet")


def test_the_members_of_a_scope_sum_to_the_product(cost: Mart) -> None:
    customers = (
        {"customer_id": "a"},
        {"customer_id": "b", "acquisition_channel": "outbound"},
        {"customer_id": "c", "acquisition_channel": "(unknown)"},
    )
    use = tuple({**TRIAL, **customer, "trial_cost_usd": 3} for customer in customers)
    spend = spent((JANUARY, "paid", 5), (JANUARY, "outbound", 7))
    mart = cost(customers, use, spend).filter(pl.col("cohort_month") == JANUARY)
    names = ("acquisition_spend_usd", "trial_cost_usd", "acquired_customer_count")
    sums = mart.group_by("scope_kind").agg(pl.col(names).sum()).drop("scope_kind").unique()
    assert sums.rows() == [(5 + 7, 3 * 3, 3)]
    assert row_of(mart, "onboarding", "assisted")["cac_usd"] == 7


def test_doubling_all_money_doubles_the_cost_and_keeps_the_payback(cost: Mart) -> None:
    customer = {"customer_id": "a"}
    once = cost((customer,), ({**customer, "revenue_usd": 9},), spent((JANUARY, "paid", 8)))
    twice = cost((customer,), ({**customer, "revenue_usd": 18},), spent((JANUARY, "paid", 16)))
    assert (once["cac_usd"] * 2).to_list() == twice["cac_usd"].to_list()
    assert once["payback_months"].to_list() == twice["payback_months"].to_list()
