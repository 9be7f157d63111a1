"""Pricing scenarios: the worked example of three customers, its nulls, and neutral revenue."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from metrics.described import columns_of

from pipelines.metrics.pricing_scenarios import pricing_scenarios
from pipelines.metrics.pricing_usage import PricingTerms

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]
Row = Mapping[str, object]

MARCH, APRIL = date(2025, 3, 1), date(2025, 4, 1)
OUTCOMES = {"usage_month": pl.Date, "customer_id": pl.String, "accepted_outcome_count": pl.Int64}
TERMS = {
    "base_month": "newest",
    "base_share": 0.5,
    "included_share": 0.5,
    "class_ratio": 2,
    "bill_change_share": 0.25,
    "max_demand_ratio": 3,
    "elasticities": (0.0, -0.3, -1.0),
}


def used(customer: str, millions: int, cost: int, **other: object) -> Row:
    """A customer's month, paid with 80."""
    tokens = {"delivered_tokens": millions * 1_000_000, "billable_requests": millions * 100}
    money = {"api_usd": cost, "revenue_usd": 80}
    return {"customer_id": customer, **tokens, **money, **other}


EXAMPLE = (used("a", 1, 10), used("b", 4, 40), used("c", 15, 150))
ACCEPTED = {"a": 900, "b": 3_000, "c": 6_000}


@pytest.fixture
def scenarios(usage_of: Frame, months_of: Frame, coverage_of: Frame) -> Mart:
    """The mart of rows of usage; March and April complete, all feeds loaded unless said."""

    def build(
        *rows: Row,
        accepted: Mapping[str, int] = ACCEPTED,
        feeds: Mapping[str, int] | None = None,
        **terms: object,
    ) -> pl.DataFrame:
        loaded = {"inference_logs": 1, "revenue": 1, "outcomes": 1} | dict(feeds or {})
        outcomes = [(MARCH, name, count) for name, count in accepted.items()]
        return pricing_scenarios(
            usage_of(*rows),
            pl.LazyFrame(outcomes, schema=OUTCOMES, orient="row"),
            months_of(MARCH, APRIL),
            coverage_of(**loaded),
            terms=PricingTerms(**(TERMS | terms)),
        ).collect()

    return build


def margins(mart: pl.DataFrame, framework: str) -> list[float]:
    """What each customer leaves under a framework, to a tenth of a dollar."""
    rows = mart.filter(pl.col("framework") == framework, pl.col("scope_kind") == "customer")
    return [round(float(margin), 1) for margin in rows.sort("scope_id")["margin_usd"]]


def total(mart: pl.DataFrame, framework: str, elasticity: float = 0) -> dict[str, object]:
    """The row of all customers."""
    is_total = (pl.col("scope_kind") == "total") & (pl.col("framework") == framework)
    chosen = is_total & (pl.col("demand_elasticity_ratio") == elasticity)
    return mart.row(by_predicate=chosen, named=True)


def test_the_worked_example_leaves_the_margins_of_the_dictionary(scenarios: Mart) -> None:
    mart = scenarios(*EXAMPLE)
    assert margins(mart, "actual") == [70, 40, -70]
    assert margins(mart, "per_token") == [2, 8, 30]
    assert margins(mart, "per_outcome") == [11.8, 32.7, -4.5]
    assert total(mart, "per_token")["unit_price_usd"] == pytest.approx(12 / 1_000_000)
    assert mart.columns == columns_of("pricing_scenarios")


@pytest.mark.parametrize(
    "framework",
    ["per_token", "per_inference", "per_outcome", "base_plus_overage", "model_tiers"],
)
def test_every_framework_brings_the_base_months_revenue(scenarios: Mart, framework: str) -> None:
    row = total(scenarios(*EXAMPLE), framework)
    assert abs(row["revenue_usd"] - 240) < Decimal("0.01")
    assert row["margin_share"] == pytest.approx((240 - 200) / 240)
    assert (row["cost_usd"], row["customer_count"], row["status"]) == (200, 3, "ok")


def test_a_base_fee_includes_half_the_mean_use_and_brings_half_the_revenue(
    scenarios: Mart,
) -> None:
    mart = scenarios(*EXAMPLE)
    row = total(mart, "base_plus_overage")
    included = 0.5 * 20_000_000 / 3
    overage = (4_000_000 - included) + (15_000_000 - included)
    assert row["base_fee_usd"] == pytest.approx(0.5 * 240 / 3)
    assert row["included_quantity"] == pytest.approx(included)
    assert row["unit_price_usd"] == pytest.approx(0.5 * 240 / overage)
    assert margins(mart, "base_plus_overage")[0] == 40 - 10


def test_a_token_of_a_premium_model_is_priced_by_what_its_class_costs(scenarios: Mart) -> None:
    rows = (used("a", 10, 90, model="premium"), used("b", 10, 10, model="economy"))
    mart = scenarios(*rows, accepted={})
    assert margins(mart, "model_tiers") == [
        pytest.approx(160 * 90 / 100 - 90),
        pytest.approx(160 * 10 / 100 - 10),
    ]
    assert margins(mart, "per_token") == [80 - 90, 80 - 10]


def test_who_wins_and_who_loses_is_beyond_a_quarter_of_the_bill(scenarios: Mart) -> None:
    mart = scenarios(*EXAMPLE)
    rows = mart.filter(pl.col("framework") == "per_token", pl.col("scope_kind") == "customer")
    assert rows.sort("scope_id")["effect"].to_list() == ["wins", "wins", "loses"]
    changes = rows.sort("scope_id")["bill_change_share"].to_list()
    assert changes == [pytest.approx(bill / 80 - 1) for bill in (12, 48, 180)]
    row = total(mart, "per_token")
    assert (row["lowered_bill_count"], row["raised_bill_count"]) == (2, 1)
    assert (row["loss_making_customer_count"], row["effect"]) == (0, None)
    assert total(mart, "actual")["loss_making_customer_count"] == 1


def test_demand_answers_the_bill_and_its_cost_follows(scenarios: Mart) -> None:
    row = total(scenarios(*EXAMPLE), "per_token", -1.0)
    demand = [min(3, 80 / 12), 80 / 48, 80 / 180]
    bills = [bill * left for bill, left in zip((12, 48, 180), demand, strict=True)]
    costs = [cost * left for cost, left in zip((10, 40, 150), demand, strict=True)]
    assert float(row["revenue_usd"]) == pytest.approx(sum(bills))
    assert float(row["cost_usd"]) == pytest.approx(sum(costs))
    assert row["customer_count"] == 3


def test_the_actual_bill_moves_no_demand(scenarios: Mart) -> None:
    mart = scenarios(*EXAMPLE)
    assert total(mart, "actual", -1.0)["margin_usd"] == total(mart, "actual")["margin_usd"] == 40


def test_prices_hold_in_the_other_months(scenarios: Mart) -> None:
    later = [{**row, "usage_month": APRIL} for row in EXAMPLE]
    grown = {**later[0], "delivered_tokens": 2_000_000}
    mart = scenarios(*EXAMPLE, grown, *later[1:], base_month="2025-03-01")
    april = mart.filter(pl.col("usage_month") == APRIL)
    assert margins(april, "per_token")[0] == 2 * 12 - 10
    assert set(mart["base_month"]) == {MARCH}


def test_the_newest_complete_month_that_earned_is_the_base(scenarios: Mart) -> None:
    unpaid = used("a", 1, 10, usage_month=APRIL, revenue_usd=0)
    assert set(scenarios(*EXAMPLE, unpaid)["base_month"]) == {MARCH}


def test_cost_nobody_caused_is_in_the_total_and_in_no_bill(scenarios: Mart) -> None:
    nobody = {"customer_id": "(unallocated)", "idle_usd": 25, "is_unallocated": True}
    stranger = used("(unattributed)", 3, 5, revenue_usd=0)
    row = total(scenarios(*EXAMPLE, nobody, stranger), "per_token")
    assert (row["cost_usd"], row["customer_count"]) == (200 + 25 + 5, 3)
    assert float(row["revenue_usd"]) == pytest.approx(240)


def test_trial_use_is_not_billed(scenarios: Mart) -> None:
    trial = used("a", 100, 50, purpose="trial", revenue_usd=0)
    assert margins(scenarios(*EXAMPLE, trial), "per_token") == [2, 8, 30]


def test_without_outcomes_only_the_outcome_price_is_not_computable(scenarios: Mart) -> None:
    mart = scenarios(*EXAMPLE, accepted={}, feeds={"outcomes": 0})
    row = total(mart, "per_outcome")
    assert (row["status"], row["reason"]) == ("not_computable", "missing_feeds: outcomes")
    assert (row["revenue_usd"], row["margin_share"], row["raised_bill_count"]) == (None,) * 3
    assert total(mart, "per_token")["status"] == "ok"


def test_with_outcomes_of_which_none_was_accepted_there_is_nothing_to_bill(
    scenarios: Mart,
) -> None:
    row = total(scenarios(*EXAMPLE, accepted={}), "per_outcome")
    assert (row["status"], row["reason"]) == ("not_computable", "nothing_to_bill")


def test_without_revenue_there_is_no_base_month(scenarios: Mart) -> None:
    row = total(scenarios(used("a", 1, 10, revenue_usd=0)), "per_token")
    assert (row["status"], row["reason"]) == ("not_computable", "no_base_month")
    missing = total(scenarios(*EXAMPLE, feeds={"revenue": 0}), "actual")
    assert missing["reason"] == "missing_feeds: revenue"


def test_requests_without_a_price_make_the_scenario_provisional(scenarios: Mart) -> None:
    row = total(scenarios(*EXAMPLE[:2], {**EXAMPLE[2], "unpriced_requests": 1}), "per_token")
    assert (row["status"], row["reason"]) == ("provisional", "unpriced_requests")


def test_doubling_all_money_leaves_shares_and_effects_unchanged(scenarios: Mart) -> None:
    names = ["framework", "scope_id", "effect", "margin_share", "bill_change_share"]
    twice = [{**row, "api_usd": 2 * row["api_usd"], "revenue_usd": 160} for row in EXAMPLE]
    once, doubled = scenarios(*EXAMPLE).select(names), scenarios(*twice).select(names)
    assert once["effect"].to_list() == doubled["effect"].to_list()
    for name in names[3:]:
        assert doubled[name].to_list() == pytest.approx(once[name].to_list(), abs=1e-6)


def test_the_customers_sum_to_the_total(scenarios: Mart) -> None:
    mart = scenarios(*EXAMPLE).filter(pl.col("demand_elasticity_ratio") == 0)
    sums = mart.group_by("framework", "scope_kind").agg(pl.col("revenue_usd", "cost_usd").sum())
    pairs = sums.group_by("framework").agg(pl.col("revenue_usd", "cost_usd").n_unique())
    assert set(pairs["revenue_usd"]) == set(pairs["cost_usd"]) == {1}


def test_before_any_data_there_is_no_row(scenarios: Mart) -> None:
    assert scenarios(accepted={}).height == 0
