"""Retention: who was at risk, what is only projected, and whether being known helps."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest
from metrics.customers_support import Row, customer_months_of, lifetimes_of

from pipelines.metrics.personalisation import personalised_hazards
from pipelines.metrics.retention import retention

Mart = Callable[..., pl.DataFrame]

MONTHS = tuple(date(2025, month, 1) for month in range(1, 13))


def stayed(count: int, periods: int, **more: object) -> list[Row]:
    """Customers seen to renew so often and still there."""
    return [
        {"customer_id": f"s{periods}-{n}", "survived_period_count": periods, **more}
        for n in range(count)
    ]


def left(count: int, period: int, **more: object) -> list[Row]:
    """Customers gone by that renewal."""
    return [
        {
            "customer_id": f"l{period}-{n}",
            "lost_in_period_number": period,
            "survived_period_count": period - 1,
            "is_churned": True,
            **more,
        }
        for n in range(count)
    ]


@pytest.fixture
def curve() -> Mart:
    """The rows of the whole product."""

    def build(*customers: Row, use: tuple[Row, ...] = (), **other: int) -> pl.DataFrame:
        parameters = {"min_customers": 100, "min_periods": 3, "projected_periods": 2} | other
        mart = retention(
            lifetimes_of(*customers),
            customer_months_of(*use),
            personalised_sessions=10,
            **parameters,
        )
        return mart.filter(pl.col("scope_kind") == "product").collect()

    return build


def test_survival_is_the_product_of_what_renewed_of_what_was_seen(curve: Mart) -> None:
    rows = curve(*left(20, 1), *stayed(30, 1), *left(10, 2), *stayed(40, 3))
    seen = rows.filter(~pl.col("is_projected"))
    assert seen["at_risk_count"].to_list() == [None, 100, 50, 40]
    assert seen["lost_count"].to_list() == [None, 20, 10, 0]
    shares = [1, (100 - 20) / 100, (100 - 20) / 100 * (50 - 10) / 50]
    assert seen["survival_share"].to_list() == pytest.approx([*shares, shares[-1]])
    assert seen["status"].unique().to_list() == ["ok"]
    assert seen["survival_share_ci_low"][1] == pytest.approx(
        0.8 - 1.96 * (0.8 * 0.2 / 100) ** 0.5, abs=1e-4
    )


def test_what_lies_beyond_the_data_is_marked_and_not_observed(curve: Mart) -> None:
    projected = curve(*left(30, 1), *left(15, 2), *left(9, 3), *stayed(60, 3)).filter(
        "is_projected"
    )
    assert projected["age_period_number"].to_list() == [4, 5]
    assert projected["survival_share"].null_count() == 2
    assert projected["fitted_survival_share"].is_between(0, 1).all()
    assert projected["reason"].unique().to_list() == ["projected"]


def test_too_little_says_what_would_be_enough(curve: Mart) -> None:
    rows = curve(*left(2, 1), *stayed(8, 2))
    assert rows["status"].unique().to_list() == ["provisional"]
    assert rows["reason"].unique().to_list() == ["fewer_than_3_periods"]
    assert rows["would_suffice"][0] == "3 periods (there are 2) and 100 customers (there are 10)"
    assert not rows["is_projected"].any()


def test_where_nobody_left_there_is_no_model(curve: Mart) -> None:
    rows = curve(*stayed(200, 5))
    assert rows["survival_share"].to_list() == [1.0] * 6
    assert rows["fitted_survival_share"].null_count() == 6


def test_customers_of_different_terms_are_never_mixed() -> None:
    frame = lifetimes_of(*left(5, 1), *stayed(5, 1, renewal_months=12))
    mart = retention(
        frame,
        customer_months_of(),
        projected_periods=1,
        personalised_sessions=1,
        min_customers=1,
        min_periods=1,
    ).collect()
    product = mart.filter((pl.col("scope_kind") == "product") & (pl.col("age_period_number") == 1))
    assert dict(product.select("renewal_months", "survival_share").rows()) == {1: 0.0, 12: 1.0}


def test_without_customers_there_are_no_rows(curve: Mart) -> None:
    assert curve().height == 0


def person_months(effect: float, seed: int, customers: int = 1500) -> pl.LazyFrame:
    """A world in which the hazard is 8 % a month, times `effect` once 10 sessions were had."""
    rng = np.random.default_rng(seed)
    per_month = rng.poisson(rng.uniform(0.5, 6, customers)[:, None], (customers, 12))
    earlier = np.cumsum(per_month, axis=1) - per_month
    hazard = 0.08 * np.where(earlier >= 10, effect, 1.0)
    churns = rng.random((customers, 12)) < hazard
    alive = np.cumsum(churns, axis=1) - churns == 0
    customer, month = np.nonzero(alive)
    return pl.LazyFrame(
        {
            "scope_kind": "product",
            "scope_id": "all",
            "customer_id": customer,
            "usage_month": month,
            "tenure_months": month,
            "session_count": per_month[alive],
            "has_churned": churns[alive],
        }
    )


@pytest.mark.parametrize("effect", [1.0, 0.6])
def test_the_planted_effect_of_being_known_is_covered_without_immortal_time(effect: float) -> None:
    worlds, covered = 60, 0
    for seed in range(worlds):
        row = (
            personalised_hazards(person_months(effect, seed), sessions=10)
            .collect()
            .row(0, named=True)
        )
        low, high = (
            row["personalised_hazard_ratio_ci_low"],
            row["personalised_hazard_ratio_ci_high"],
        )
        covered += low <= effect <= high
    assert covered / worlds >= 0.88


def test_relevance_splits_the_customers_by_accepted_share() -> None:
    use = [
        {"customer_id": f"s1-{n}", "accepted_outcome_count": n, "judged_outcome_count": 9}
        for n in range(9)
    ]
    mart = retention(
        lifetimes_of(*stayed(10, 1)),
        customer_months_of(*use),
        projected_periods=1,
        personalised_sessions=1,
        min_customers=1,
        min_periods=1,
    ).collect()
    terciles = mart.filter(
        (pl.col("scope_kind") == "relevance_tercile") & (pl.col("age_period_number") == 0)
    )
    assert dict(terciles.select("scope_id", "customer_count").rows()) == {
        "1": 3,
        "2": 3,
        "3": 3,
        "(unknown)": 1,
    }
