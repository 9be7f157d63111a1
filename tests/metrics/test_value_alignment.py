"""Value alignment: the worked example of six customers, planted worlds, and its nulls."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from metrics.described import columns_of
from scipy.stats import spearmanr

from pipelines.metrics.value_alignment import value_alignment

Frame = Callable[..., pl.LazyFrame]
Row = dict[str, object]
Mart = Callable[..., Row]
Numbers = Sequence[float]

MARCH = date(2025, 3, 1)
USAGE, VALUE = (1, 2, 3, 4, 5, 6), (5, 1, 6, 2, 9, 4)
OUTCOMES = {
    "usage_month": pl.Date,
    "customer_id": pl.String,
    "accepted_outcome_count": pl.Int64,
    "valued_outcome_count": pl.Int64,
    "unconverted_lines": pl.Int64,
    "outcome_value_usd": pl.Decimal(38, 12),
}


def outcomes_of(values: Numbers, *, stated: bool = True, unconverted: int = 0) -> pl.LazyFrame:
    """A month of outcomes per customer; as money, or as a count of accepted ones."""
    rows = [
        (
            MARCH,
            f"c{n}",
            1 if stated else int(value),
            int(stated),
            unconverted,
            Decimal(str(round(float(value), 6))) if stated else Decimal(0),
        )
        for n, value in enumerate(values)
    ]
    return pl.LazyFrame(rows, schema=OUTCOMES, orient="row")


def usage_rows(bills: Numbers, usages: Numbers) -> list[Row]:
    """Customers' bills and thousands of tokens; a call costs what its tokens do."""
    return [
        {
            "customer_id": f"c{n}",
            "revenue_usd": round(float(bill), 6),
            "delivered_tokens": int(used * 1_000),
            "billable_requests": 7,
            "api_usd": round(float(used) / 10, 6),
        }
        for n, (bill, used) in enumerate(zip(bills, usages, strict=True))
    ]


@pytest.fixture
def alignment(usage_of: Frame, months_of: Frame, coverage_of: Frame) -> Mart:
    """The one row of a month of customers with these bills, usages and values."""

    def build(
        bills: Numbers,
        *,
        usages: Numbers = USAGE,
        values: Numbers = VALUE,
        outcomes: pl.LazyFrame | None = None,
        min_customers: int = 20,
    ) -> Row:
        mart = value_alignment(
            usage_of(*usage_rows(bills, usages)),
            outcomes_of(values) if outcomes is None else outcomes,
            months_of(MARCH),
            coverage_of(inference_logs=1, revenue=1, outcomes=1),
            min_customers=min_customers,
            negligible_ratio=0.3,
            decision_power=0.8,
        ).collect()
        assert mart.columns == columns_of("value_alignment")
        return mart.row(0, named=True)

    return build


def world(seed: int, count: int = 200) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    """Customers' usage and, loosely tied to it, what their outcomes are worth."""
    rng = np.random.default_rng(seed)
    usage = rng.lognormal(3, 1, count)
    return usage, usage**0.5 * rng.lognormal(0, 1, count), rng


def test_billed_by_usage_the_example_has_a_fifth_with_value_and_one_with_usage(
    alignment: Mart,
) -> None:
    row = alignment(USAGE)
    assert round(row["bill_value_ratio"], 2) == 0.20
    assert row["bill_usage_ratio"] == pytest.approx(1.00)
    assert (row["alignment"], row["status"], row["reason"]) == (
        "insufficient",
        "inconclusive",
        "few_customers",
    )


def test_billed_by_usage_and_value_the_example_has_071_and_083(alignment: Mart) -> None:
    row = alignment([6 * used + 5 * value for used, value in zip(USAGE, VALUE, strict=True)])
    assert round(row["bill_value_ratio"], 2) == 0.71
    assert round(row["bill_usage_ratio"], 2) == 0.83
    given = (0.71429 - 0.82857 * 0.2) / ((1 - 0.82857**2) * (1 - 0.2**2)) ** 0.5
    assert row["bill_value_given_usage_ratio"] == pytest.approx(given, abs=1e-4)
    assert row["alignment"] == "insufficient"


def test_a_bill_in_the_exact_order_of_usage_is_usage_by_rule(alignment: Mart) -> None:
    row = alignment([used**2 for used in USAGE], min_customers=6)
    assert (row["alignment"], row["status"]) == ("usage", "ok")
    assert row["bill_value_given_usage_ratio"] is None


def test_the_interval_is_fishers_with_the_error_of_bonett_and_wright(alignment: Mart) -> None:
    usage, value, rng = world(1, 50)
    bills = usage * rng.lognormal(0, 1, 50)
    row = alignment(bills, usages=usage, values=value)
    expected = spearmanr(np.round(bills, 6), (usage * 1000).astype(int)).statistic
    error = ((1 + expected**2 / 2) / (50 - 3)) ** 0.5
    assert row["bill_usage_ratio"] == pytest.approx(expected)
    low = np.tanh(np.arctanh(expected) - 1.959964 * error)
    assert row["bill_usage_ratio_ci_low"] == pytest.approx(low, abs=1e-6)


def test_a_planted_price_of_value_is_found(alignment: Mart) -> None:
    for seed in range(20):
        usage, value, rng = world(seed)
        row = alignment(value * rng.lognormal(0, 0.5, 200), usages=usage, values=value)
        assert row["alignment"] == "value", seed


def test_a_planted_price_of_usage_is_hardly_ever_taken_for_value(alignment: Mart) -> None:
    found = []
    for seed in range(100):
        usage, value, rng = world(seed)
        row = alignment(usage * rng.lognormal(0, 0.5, 200), usages=usage, values=value)
        found.append(row["alignment"])
    assert found.count("usage") > 85
    assert found.count("value") == 0


def test_a_bill_that_follows_neither_is_undecided(alignment: Mart) -> None:
    usage, value, rng = world(3, 400)
    row = alignment(rng.lognormal(0, 1, 400), usages=usage, values=value)
    assert row["alignment"] == "undecided"


def test_the_same_bill_for_all_cannot_be_compared(alignment: Mart) -> None:
    row = alignment([9] * 6)
    assert (row["status"], row["reason"]) == ("not_computable", "no_variation")
    assert (row["bill_value_ratio"], row["alignment"]) == (None, None)


def test_two_customers_are_no_order(alignment: Mart) -> None:
    row = alignment([1, 2], usages=[1, 2], values=[2, 1])
    assert (row["status"], row["reason"]) == ("not_computable", "few_customers")
    assert row["bill_usage_ratio"] is None


def test_without_stated_values_accepted_outcomes_count(alignment: Mart) -> None:
    row = alignment(USAGE, outcomes=outcomes_of(VALUE, stated=False))
    assert row["value_basis"] == "accepted"
    assert round(row["bill_value_ratio"], 2) == 0.20


def test_a_customer_whose_outcomes_are_unknown_is_not_worth_nothing(alignment: Mart) -> None:
    row = alignment([*USAGE, 100], usages=[*USAGE, 7], values=VALUE)
    assert row["customer_count"] == 6


def test_a_value_without_exchange_rate_makes_the_row_provisional(alignment: Mart) -> None:
    row = alignment(USAGE, outcomes=outcomes_of(VALUE, unconverted=1))
    assert (row["status"], row["reason"]) == ("provisional", "unconverted_amount")


def test_doubling_all_money_changes_nothing(alignment: Mart) -> None:
    usage, value, rng = world(5, 60)
    bills = usage * rng.lognormal(0, 1, 60)
    once = alignment(bills, usages=usage, values=value)
    twice = alignment(2 * bills, usages=usage, values=2 * value)
    assert twice["alignment"] == once["alignment"]
    assert twice["bill_value_ratio"] == pytest.approx(once["bill_value_ratio"], abs=1e-3)
