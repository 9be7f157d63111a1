"""The moat: early riches against later churn, within plan and size, and never worded as a cause."""

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
import pytest
from metrics.customers_support import customer_months_of, filled, lifetimes_of

from pipelines.metrics.moat import moat

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]
Row = Mapping[str, object]

WORLDS = 80


@pytest.fixture
def mart(coverage_of: Frame) -> Mart:
    """The mart with its feeds loaded."""

    def build(lifetimes: pl.LazyFrame, months: pl.LazyFrame, **other: pl.LazyFrame) -> pl.DataFrame:
        coverage = other.get("coverage", coverage_of(customers=1, inference_logs=1))
        return moat(lifetimes, months, coverage, min_customers=100).collect()

    return build


def world(effect: float, seed: int) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """2,000 customers; hazard falls by `effect` per quartile; the big plan is rich and loyal."""
    rng = np.random.default_rng(seed)
    customers, seen = 2000, 10
    is_big = rng.random(customers) < 0.5
    poor_to_rich = rng.choice(4, customers, p=(0.4, 0.3, 0.2, 0.1))
    quartile = np.where(is_big, 4 - poor_to_rich, 1 + poor_to_rich)
    hazard = np.where(is_big, 0.02, 0.08) * effect ** (quartile - 1)
    churns = rng.random((customers, seen)) < hazard[:, None]
    alive = np.cumsum(churns, axis=1) - churns == 0
    customer, month = np.nonzero(alive)
    names = [f"c{n}" for n in range(customers)]
    lives = {"customer_id": names, "richness_quartile_number": quartile}
    months = {
        "customer_id": [names[n] for n in customer],
        "tenure_months": month + 1,
        "plan": np.where(is_big, "big", "small")[customer],
        "segment": ["one"] * len(customer),
        "has_churned": churns[alive],
        "is_customer": [True] * len(customer),
    }
    return filled(lives, lifetimes_of()), filled(months, customer_months_of())


@pytest.mark.parametrize("effect", [1.0, 0.75])
def test_the_interval_covers_the_planted_ratio_as_often_as_it_says(
    mart: Mart, effect: float
) -> None:
    covered = 0
    for seed in range(WORLDS):
        row = mart(*world(effect, seed)).row(2, named=True)
        covered += row["hazard_ratio_ci_low"] <= effect**3 <= row["hazard_ratio_ci_high"]
    assert covered / WORLDS >= 0.90


def test_a_finding_is_consistent_with_and_no_cause(mart: Mart) -> None:
    rows = mart(*world(0.6, 1))
    assert rows["richness_quartile_number"].to_list() == [2, 3, 4]
    assert rows["finding"][2] == "consistent with customers rich in data leaving less"
    assert rows["status"][2] == "ok"


def test_a_plan_that_is_both_rich_and_loyal_is_no_moat(mart: Mart) -> None:
    rows = mart(*world(1.0, 2)).row(2, named=True)
    raw = rows["monthly_churn_share"] / rows["comparison_churn_share"]
    assert raw < 0.6
    assert rows["hazard_ratio"] == pytest.approx(1.0, abs=0.25)


def month(customer: str, *, churned: bool = False, tenure: int = 1) -> Row:
    """A month at risk."""
    return {"customer_id": customer, "tenure_months": tenure, "has_churned": churned}


def test_the_ratio_is_the_churn_per_month_over_that_of_the_poorest(mart: Mart) -> None:
    lives = lifetimes_of(
        {"customer_id": "poor", "richness_quartile_number": 1},
        {"customer_id": "rich", "richness_quartile_number": 4},
    )
    poor = [month("poor", churned=n < 4) for n in range(20)]
    rich = [month("rich", churned=n < 1) for n in range(20)]
    first = month("rich", churned=True, tenure=0)
    row = mart(lives, customer_months_of(*poor, *rich, first)).row(2, named=True)
    assert row["hazard_ratio"] == pytest.approx((1 / 20) / (4 / 20))
    assert (row["monthly_churn_share"], row["comparison_churn_share"]) == (1 / 20, 4 / 20)
    assert (row["customer_months"], row["comparison_months"]) == (20, 20)
    assert (row["status"], row["reason"]) == ("provisional", "fewer_than_100_customers")
    assert row["would_suffice"] == "100 customers (there are 1)"


def test_where_a_side_saw_no_churn_there_is_no_ratio(mart: Mart, coverage_of: Frame) -> None:
    rows = mart(lifetimes_of(), customer_months_of())
    assert rows["hazard_ratio"].null_count() == 3
    assert rows["reason"].unique().to_list() == ["no_churn_on_both_sides"]
    empty = mart(lifetimes_of(), customer_months_of(), coverage=coverage_of(customers=0))
    assert empty["reason"][0] == "missing_feeds: customers, inference_logs"
