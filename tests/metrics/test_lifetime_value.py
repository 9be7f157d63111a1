"""Lifetime value: fitted life times measured margin, the naive formula beside it, growth capped."""

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import polars as pl
import pytest
from metrics.customers_support import LIFETIMES, Row, customer_months_of, lifetimes_of

from pipelines.metrics.lifetime_value import lifetime_value
from pipelines.metrics.sbg import survival

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]

MONTHS = [date(2025, month, 1) for month in range(1, 13)]
PARAMETERS = {
    "discount_rate": 0.10,
    "horizon_months": 36,
    "long_horizon_months": 60,
    "min_customers": 100,
    "min_periods": 3,
}
LOST_BY = (131, 126, 90, 60, 42, 34, 26)


def customers(count: int = 1000, **more: object) -> tuple[Row, ...]:
    """Customers of whom LOST_BY were gone by each renewal, the rest seen to renew seven times."""
    gone = np.repeat(np.arange(1, 8), LOST_BY)[:count].tolist()
    lost = [{"lost_in_period_number": period, "is_churned": True} for period in gone]
    there = [{"survived_period_count": 7} for _ in range(count - len(lost))]
    return tuple({"customer_id": f"c{n}", **more, **row} for n, row in enumerate([*lost, *there]))


def use(growth: float = 0.0, people: int = 200, seen: int = 4) -> tuple[Row, ...]:
    """Months of customers who leave 15 a month on average, growing by `growth` dollars a month."""
    return tuple(
        {
            "customer_id": f"c{n}",
            "usage_month": MONTHS[age],
            "tenure_months": age,
            "revenue_usd": round(20 + n % 2 + growth * (age - (seen - 1) / 2), 6),
            "cost_usd": 5.5,
        }
        for n in range(people)
        for age in range(seen)
    )


@pytest.fixture
def value(coverage_of: Frame) -> Mart:
    """The row of the whole product."""

    def build(
        people: tuple[Row, ...], months: tuple[Row, ...], revenue: int = 1, **other: float
    ) -> Mapping[str, object]:
        mart = lifetime_value(
            lifetimes_of(*people),
            customer_months_of(*months),
            coverage_of(revenue=revenue),
            **(PARAMETERS | other),
        )
        return mart.filter(pl.col("scope_kind") == "product").collect().row(0, named=True)

    return build


def test_the_value_is_the_fitted_life_times_the_margin(value: Mart) -> None:
    row = value(customers(), use())
    ages = np.arange(36)
    still_there = survival(row["alpha_weight"], row["beta_weight"], ages)
    months = float((still_there / 1.1 ** (ages / 12)).sum())
    assert row["monthly_revenue_usd"] == pytest.approx((20 + 21) / 2)
    assert row["monthly_margin_usd"] == pytest.approx(15)
    assert row["discounted_lifetime_months"] == pytest.approx(months)
    assert row["ltv_usd"] == pytest.approx(15 * months)
    assert row["ltv_usd_ci_low"] < row["ltv_usd"] < row["ltv_usd_ci_high"]
    assert row["ltv_usd"] < row["long_ltv_usd"]
    assert (row["customer_count"], row["churned_customer_count"]) == (1000, sum(LOST_BY))
    assert (row["status"], row["would_suffice"]) == ("ok", None)


def test_the_naive_value_is_margin_over_churn_and_has_no_end(value: Mart) -> None:
    row = value(customers(), use())
    faced = sum(1000 - sum(LOST_BY[:renewal]) for renewal in range(7))
    assert row["period_churn_share"] == pytest.approx(sum(LOST_BY) / faced)
    assert row["naive_ltv_usd"] == pytest.approx(15 / (sum(LOST_BY) / faced))


def test_measured_growth_raises_the_value_and_stops_at_the_oldest_month_seen(value: Mart) -> None:
    flat, growing = value(customers(), use()), value(customers(), use(growth=0.6))
    assert growing["monthly_growth_share"] == pytest.approx(0.6 / 15)
    assert flat["adjusted_ltv_usd"] == pytest.approx(flat["ltv_usd"])
    ages = np.arange(36)
    weights = survival(growing["alpha_weight"], growing["beta_weight"], ages) / 1.1 ** (ages / 12)
    margins = 15 + 0.6 * (np.minimum(ages, 3) - 1.5)
    assert growing["adjusted_ltv_usd"] == pytest.approx(float(weights @ margins))
    assert growing["ltv_usd"] == pytest.approx(flat["ltv_usd"])


def test_a_year_between_renewals_is_a_year_of_margin(value: Mart) -> None:
    row = value(customers(renewal_months=12), use())
    years = survival(row["alpha_weight"], row["beta_weight"], np.arange(36) // 12)
    assert row["discounted_lifetime_months"] == pytest.approx(
        float((years / 1.1 ** (np.arange(36) / 12)).sum())
    )


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        (customers(90), "fewer_than_2_periods"),
        (tuple({"customer_id": f"c{n}"} for n in range(120)), "no_churn_observed"),
    ],
)
def test_what_cannot_be_fitted_has_no_value(
    value: Mart, people: tuple[Row, ...], reason: str
) -> None:
    row = value(people, use())
    assert (row["ltv_usd"], row["status"], row["reason"]) == (None, "not_computable", reason)
    assert row["monthly_margin_usd"] == pytest.approx(15)


def test_without_revenue_the_fit_stands_and_the_value_does_not(value: Mart) -> None:
    row = value(customers(), use(), revenue=0)
    assert row["alpha_weight"] is not None
    assert (row["ltv_usd"], row["monthly_margin_usd"], row["naive_ltv_usd"]) == (None, None, None)
    assert row["reason"] == "no_margin_of_customers"


def test_too_few_customers_are_flagged_and_it_says_how_many_would_do(value: Mart) -> None:
    row = value(customers(1000), use(), min_customers=2000)
    assert (row["status"], row["reason"]) == ("provisional", "fewer_than_2000_customers")
    assert row["would_suffice"] == "2000 customers (there are 1000)"


def test_doubling_all_money_doubles_every_value(value: Mart) -> None:
    doubled = tuple(
        {**row, "revenue_usd": 2 * row["revenue_usd"], "cost_usd": 2 * row["cost_usd"]}
        for row in use()
    )
    once, twice = value(customers(), use()), value(customers(), doubled)
    for name in ("ltv_usd", "ltv_usd_ci_low", "long_ltv_usd", "naive_ltv_usd"):
        assert twice[name] == pytest.approx(2 * once[name])


def world(seed: int, margin: float) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """600 customers with known alpha 1.2, beta 9 and known mean margin, seen for six months."""
    rng = np.random.default_rng(seed)
    lives = np.minimum(rng.geometric(rng.beta(1.2, 9.0, 600)), 7)
    own_margin = rng.normal(margin, 6, 600)
    lifetimes = pl.LazyFrame(
        {
            "customer_id": [f"c{n}" for n in range(600)],
            "lost_in_period_number": [int(life) if life < 7 else None for life in lives],
            "survived_period_count": np.minimum(lives, 6),
        }
    ).with_columns(is_converted=pl.lit(value=True), renewal_months=pl.lit(1, pl.Int64))
    others = {n: t for n, t in LIFETIMES.items() if n not in lifetimes.collect_schema().names()}
    lifetimes = lifetimes.with_columns(pl.lit(None, t).alias(n) for n, t in others.items())
    customer = np.repeat(np.arange(600), np.minimum(lives, 6))
    age = np.concatenate([np.arange(min(life, 6)) for life in lives])
    months = pl.LazyFrame({"customer_id": [f"c{n}" for n in customer], "tenure_months": age})
    paid = pl.Series(own_margin[customer] + 5).cast(pl.Decimal(38, 12))
    shape = customer_months_of().drop("customer_id", "tenure_months").collect_schema()
    return lifetimes, months.with_columns(
        *(pl.lit(None, t).alias(n) for n, t in shape.items() if n != "revenue_usd"),
        revenue_usd=paid,
    ).with_columns(cost_usd=pl.lit(5).cast(pl.Decimal(38, 12)), is_customer=pl.lit(value=True))


def test_the_interval_covers_the_planted_value_as_often_as_it_says(coverage_of: Frame) -> None:
    ages = np.arange(36)
    truth = 15 * float((survival(1.2, 9.0, ages) / 1.1 ** (ages / 12)).sum())
    worlds, covered = 60, 0
    for seed in range(worlds):
        mart = lifetime_value(*world(seed, 15), coverage_of(revenue=1), **PARAMETERS)
        row = mart.filter(pl.col("scope_kind") == "product").collect().row(0, named=True)
        covered += row["ltv_usd_ci_low"] <= truth <= row["ltv_usd_ci_high"]
    assert covered / worlds >= 0.88
