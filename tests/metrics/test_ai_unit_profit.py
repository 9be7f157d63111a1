"""AI unit profit: the worked example in every form, and identities that hold to the last digit."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pipelines.metrics.ai_unit_profit import ai_unit_profit

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]
Row = Mapping[str, object]

MARCH = date(2025, 3, 1)
MONEY = pl.Decimal(38, 12)
COUNTS = (
    "active_user_count",
    "unnamed_user_count",
    "customer_count",
    "acquired_customer_count",
    "unpriced_requests",
    "unconverted_lines",
)
AMOUNTS = (
    "revenue_usd",
    "compute_cost_usd",
    "data_acquisition_cost_usd",
    "maintenance_cost_usd",
    "acquisition_spend_usd",
    "trial_cost_usd",
)
UNITS_SCHEMA = {
    "usage_month": pl.Date,
    **dict.fromkeys(("scope_kind", "scope_id"), pl.String),
    **dict.fromkeys(COUNTS, pl.Int64),
    **dict.fromkeys(AMOUNTS, MONEY),
}
EXAMPLE: Row = {
    "usage_month": MARCH,
    "scope_kind": "product",
    "scope_id": "all",
    "active_user_count": 1000,
    "customer_count": 200,
    "acquired_customer_count": 50,
    "revenue_usd": 30_000,
    "compute_cost_usd": 9_000,
    "data_acquisition_cost_usd": 1_200,
    "maintenance_cost_usd": 3_300,
    "acquisition_spend_usd": 0,
    "trial_cost_usd": 0,
}
MEV_SCHEMA = {
    "usage_month": pl.Date,
    **dict.fromkeys(("credited_usd", "standard_error_usd"), pl.Float64),
    "effect": pl.String,
}
LTV_COLUMNS = ("discounted_lifetime_months", "ltv_usd")
LTV_SCHEMA = {
    **dict.fromkeys(("scope_kind", "scope_id", "status"), pl.String),
    "customer_count": pl.Int64,
    **{f"{name}{end}": pl.Float64 for name in LTV_COLUMNS for end in ("", "_ci_low", "_ci_high")},
}
LTV: Row = {
    "scope_kind": "product",
    "scope_id": "all",
    "status": "ok",
    "customer_count": 500,
    "discounted_lifetime_months": 12.0,
    "discounted_lifetime_months_ci_low": 11.0,
    "discounted_lifetime_months_ci_high": 13.0,
    "ltv_usd": 600.0,
    "ltv_usd_ci_low": 500.0,
    "ltv_usd_ci_high": 700.0,
}


def units(*rows: Row) -> pl.LazyFrame:
    """Rows of `fct_unit_months`; what is not said is 0."""
    filled = [{**dict.fromkeys(COUNTS, 0), **EXAMPLE, **row} for row in rows]
    exact = [
        {n: None if row[n] is None or n not in AMOUNTS else Decimal(str(row[n])) for n in AMOUNTS}
        | {n: row[n] for n in UNITS_SCHEMA if n not in AMOUNTS}
        for row in filled
    ]
    return pl.LazyFrame(exact, schema=UNITS_SCHEMA)


@pytest.fixture
def mart(months_of: Frame, coverage_of: Frame) -> Mart:
    """The mart; MEV of 2,400 and a lifetime value unless said otherwise."""

    def build(*rows: Row, **other: object) -> pl.DataFrame:
        mev = other.get("mev", [(MARCH, 2_400.0, 100.0, "gain")])
        coverage = other.get("coverage", coverage_of(revenue=1, inference_logs=1))
        return ai_unit_profit(
            units(*(rows or ({},))),
            pl.LazyFrame(mev, schema=MEV_SCHEMA, orient="row"),
            pl.LazyFrame(other.get("ltv", [dict(LTV)]), schema=LTV_SCHEMA),
            other.get("months", months_of(MARCH)),
            coverage,
        ).collect()

    return build


def form(mart: pl.DataFrame, name: str) -> Row:
    """The row of a form."""
    return mart.row(by_predicate=pl.col("form") == name, named=True)


def test_the_worked_example_leaves_sixteen_dollars_and_a_half(mart: Mart) -> None:
    row = form(mart(), "period")
    assert row["unit_profit_usd"] == (30_000 - 9_000 - 1_200 - 3_300) / 1_000 == 16.50
    assert (row["mev_usd"], row["baseline_revenue_usd"]) == (2_400, 30_000 - 2_400)
    assert (row["status"], row["mev_treatment"]) == ("ok", "including_mev")
    assert row["unit_profit_usd_ci_low"] is None


def test_baseline_revenue_and_mev_are_realised_revenue_to_the_last_digit(mart: Mart) -> None:
    for row in mart(mev=[(MARCH, 1_234.567891234, 9.0, "gain")]).iter_rows(named=True):
        assert row["baseline_revenue_usd"] + row["mev_usd"] == row["revenue_usd"]


def test_mev_splits_the_money_of_the_period_and_adds_nothing(mart: Mart) -> None:
    without = form(mart(mev=[]), "period")
    assert without["unit_profit_usd"] == form(mart(), "period")["unit_profit_usd"]
    assert (without["mev_usd"], without["mev_treatment"]) == (None, "excluding_mev")
    assert without["baseline_revenue_usd"] == without["revenue_usd"]


def test_every_form_is_its_components(mart: Mart) -> None:
    rows = mart({"acquisition_spend_usd": 5_000})
    costs = 9_000 + 1_200 + 3_300
    margin = (30_000 - costs) / 200
    expected = {
        "period": (30_000 - costs - 5_000) / 1_000,
        "literal": (600 * 200 + 2_400 - costs) / 1_000,
        "cohort": margin * 12 - 5_000 / 50,
        "classic": 600 - 5_000 / 50,
    }
    for name, value in expected.items():
        row = form(rows, name)
        assert row["unit_profit_usd"] == pytest.approx(value), name
        assert row["unit_profit_usd"] == pytest.approx(float(row["numerator"]) / row["denominator"])


def test_a_form_with_a_lifetime_has_its_interval(mart: Mart) -> None:
    row = form(mart(), "classic")
    assert row["unit_profit_usd_ci_low"] == pytest.approx(500)
    assert row["unit_profit_usd_ci_high"] == pytest.approx(700)
    literal = form(mart(), "literal")
    half = ((100 * 200) ** 2 + (1.959964 * 100) ** 2) ** 0.5 / 1_000
    assert literal["unit_profit_usd_ci_high"] - literal["unit_profit_usd"] == pytest.approx(half)


def test_lifetimes_of_several_terms_are_weighted_by_customers(mart: Mart) -> None:
    yearly = {**LTV, "customer_count": 1_500, "ltv_usd": 1_000.0}
    assert form(mart(ltv=[LTV, yearly]), "classic")["ltv_usd"] == pytest.approx(
        (500 * 600 + 1_500 * 1_000) / 2_000
    )


def test_a_month_without_users_has_no_profit_per_user(mart: Mart) -> None:
    row = form(mart({"active_user_count": 0}), "period")
    assert (row["unit_profit_usd"], row["numerator"]) == (None, 30_000 - 13_500)
    assert (row["status"], row["reason"]) == ("not_computable", "no_active_users")
    assert form(mart({"acquired_customer_count": 0}), "classic")["reason"] == (
        "no_acquired_customers"
    )


def test_without_a_lifetime_value_only_the_period_form_stands(mart: Mart) -> None:
    rows = mart(ltv=[])
    assert form(rows, "period")["status"] == "ok"
    for name in ("literal", "cohort", "classic"):
        row = form(rows, name)
        assert (row["unit_profit_usd"], row["reason"]) == (None, "no_lifetime_value")


def test_a_missing_component_is_named_and_not_called_free(mart: Mart) -> None:
    row = form(mart({"maintenance_cost_usd": None, "acquisition_spend_usd": None}), "period")
    assert (row["status"], row["reason"]) == ("provisional", "missing_components: MMC, CAC")
    assert row["maintenance_cost_usd"] is None
    assert row["unit_profit_usd"] == (30_000 - 9_000 - 1_200) / 1_000


def test_without_revenue_nothing_is_computed(mart: Mart, coverage_of: Frame) -> None:
    row = form(mart(coverage=coverage_of(revenue=0, inference_logs=1)), "period")
    assert (row["unit_profit_usd"], row["reason"]) == (None, "missing_feeds: revenue")
    assert (row["revenue_usd"], row["baseline_revenue_usd"]) == (None, None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"unpriced_requests": 1}, "unpriced_requests"),
        ({"unconverted_lines": 1}, "unconverted_amount"),
        ({"unnamed_user_count": 1}, "users_without_name"),
    ],
)
def test_what_may_still_move_is_provisional(mart: Mart, row: Row, reason: str) -> None:
    found = form(mart(row), "period")
    assert (found["status"], found["reason"]) == ("provisional", reason)


def test_a_mev_that_may_be_zero_leaves_the_literal_form_open_and_no_other(mart: Mart) -> None:
    rows = mart(mev=[(MARCH, 300.0, 480.0, "none_seen")])
    assert form(rows, "literal")["status"] == "inconclusive"
    assert form(rows, "period")["status"] == "ok"


def test_doubling_all_money_doubles_every_form(mart: Mart) -> None:
    doubled = {name: 2 * EXAMPLE[name] for name in AMOUNTS}  # type: ignore[operator]  # numbers
    life = {n: v * 2 if n.startswith("ltv") else v for n, v in LTV.items()}  # type: ignore[operator]  # numbers
    once = mart()
    twice = mart(doubled, ltv=[life], mev=[(MARCH, 4_800.0, 200.0, "gain")])
    assert twice["unit_profit_usd"].to_list() == pytest.approx(
        [2 * value for value in once["unit_profit_usd"]]
    )
