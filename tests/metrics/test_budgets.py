"""Budgets: actual, forecast with its interval, and the day a budget is used up."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from metrics.described import columns_of

from pipelines.metrics.budgets import budgets

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., list[Mapping[str, object]]]

MONEY = pl.Decimal(38, 12)
BUDGET = {"budget_month": pl.Date, "component": pl.String, "budget_usd": MONEY}
COST = {"cost_date": pl.Date, "component": pl.String, "effective_usd": MONEY}
SPEND = {"spend_date": pl.Date, "spend_usd": MONEY, "unconverted_lines": pl.Int64}
MONTHS = [date(2025, number, 1) for number in range(1, 7)]
JUNE, JULY, AUGUST = date(2025, 6, 1), date(2025, 7, 1), date(2025, 8, 1)


def day(month: date, number: int) -> date:
    return month.replace(day=number)


def costs_of(*amounts: float, component: str = "model_api") -> list[tuple[object, ...]]:
    """One cost a month from January on, in the middle of it."""
    return [
        (day(month, 15), component, Decimal(str(round(float(amount), 6))))
        for month, amount in zip(MONTHS, amounts, strict=False)
    ]


@pytest.fixture
def budgeted(months_of: Frame) -> Mart:
    """The rows of budgets; January to May are complete, June is open."""

    def build(
        *lines: tuple[date, object],
        costs: Sequence[tuple[object, ...]] = (),
        spend: Sequence[tuple[object, ...]] = (),
        component: str = "model_api",
    ) -> list[Mapping[str, object]]:
        rows = [(month, component, None if b is None else Decimal(str(b))) for month, b in lines]
        mart = budgets(
            pl.LazyFrame(rows, schema=BUDGET, orient="row"),
            pl.LazyFrame(list(costs), schema=COST, orient="row"),
            pl.LazyFrame(list(spend), schema=SPEND, orient="row"),
            months_of(*MONTHS[:5], open_months=(JUNE,)),
            forecast_months=6,
        ).collect()
        assert mart.columns == columns_of("budgets")
        return mart.rows(named=True)

    return build


def test_a_complete_month_is_judged_by_what_was_spent(budgeted: Mart) -> None:
    costs = costs_of(80, 120)
    january, february = budgeted((MONTHS[0], 100), (MONTHS[1], 100), costs=costs)
    assert (january["verdict"], january["actual_usd"], january["overrun_date"]) == (
        "pass",
        80,
        None,
    )
    assert january["spent_share"] == pytest.approx(80 / 100)
    assert (february["verdict"], february["difference_usd"]) == ("breach", 120 - 100)
    assert (february["overrun_date"], february["overrun_basis"]) == (date(2025, 2, 15), "actual")


def test_the_overrun_is_the_day_the_sum_passes_the_budget(budgeted: Mart) -> None:
    days = [(day(MONTHS[0], number), "model_api", Decimal(10)) for number in range(1, 31)]
    [row] = budgeted((MONTHS[0], 100), costs=days)
    assert row["overrun_date"] == day(MONTHS[0], 11)


def test_exactly_the_budget_is_within_it(budgeted: Mart) -> None:
    [row] = budgeted((MONTHS[0], 80), costs=costs_of(80))
    assert (row["verdict"], row["overrun_date"]) == ("pass", None)


def test_the_forecast_is_a_line_with_the_interval_of_a_new_month(budgeted: Mart) -> None:
    spent = [100, 112, 118, 131, 140]
    [row] = budgeted((JUNE, 200), costs=costs_of(*spent))
    slope, start = np.polyfit(range(5), spent, 1)
    rest = np.sum((np.array(spent) - (start + slope * np.arange(5))) ** 2)
    error = (rest / 3 * (1 + 1 / 5 + (5 - 2) ** 2 / 10)) ** 0.5
    assert float(row["forecast_usd"]) == pytest.approx(start + slope * 5, abs=0.01)
    assert float(row["forecast_usd_ci_high"]) == pytest.approx(
        start + slope * 5 + 3.182446 * error, abs=0.01
    )
    assert (row["verdict"], row["history_month_count"]) == ("pass", 5)
    assert (row["status"], row["reason"]) == ("provisional", "incomplete_month")


def test_an_open_month_above_its_budget_is_over_whatever_is_forecast(budgeted: Mart) -> None:
    [row] = budgeted((JUNE, 100), costs=costs_of(50, 50, 50, 50, 50, 101))
    assert (row["verdict"], row["expected_usd"]) == ("breach", 101)
    assert (row["overrun_date"], row["overrun_basis"]) == (day(JUNE, 15), "actual")


def test_a_month_ahead_runs_over_at_an_even_pace(budgeted: Mart) -> None:
    [row] = budgeted((AUGUST, 85), costs=costs_of(100, 110, 120, 130, 140))
    assert float(row["expected_usd"]) == pytest.approx(170)
    assert (row["verdict"], row["overrun_basis"], row["actual_usd"]) == ("breach", "forecast", None)
    assert row["overrun_date"] == day(AUGUST, 1 + 31 * 85 // 170)


def test_an_interval_that_holds_the_budget_is_inconclusive(budgeted: Mart) -> None:
    [row] = budgeted((JULY, 120), costs=costs_of(100, 140, 95, 135, 120))
    assert row["forecast_usd_ci_low"] < 120 < row["forecast_usd_ci_high"]
    assert row["verdict"] == "inconclusive"


def test_a_month_without_a_line_cost_nothing(budgeted: Mart) -> None:
    [row] = budgeted((MONTHS[4], 10), costs=costs_of(5))
    assert (row["actual_usd"], row["verdict"], row["history_month_count"]) == (0, "pass", 4)


def test_two_months_are_no_forecast(budgeted: Mart) -> None:
    early, ahead = budgeted((MONTHS[2], 10), (JULY, 10))
    assert (early["forecast_usd"], early["status"]) == (None, "ok")
    assert ahead["forecast_usd"] == 0


def test_acquisition_is_marketing_and_sales_spend(budgeted: Mart) -> None:
    spend = [(day(MONTHS[0], 3), Decimal(70), 0), (day(MONTHS[0], 9), Decimal(40), 0)]
    [row] = budgeted((MONTHS[0], 100), spend=spend, component="acquisition")
    assert (row["actual_usd"], row["overrun_date"]) == (110, day(MONTHS[0], 9))


def test_a_budget_without_exchange_rate_cannot_be_judged(budgeted: Mart) -> None:
    [row] = budgeted((MONTHS[0], None), costs=costs_of(5))
    assert (row["status"], row["reason"]) == ("not_computable", "unconverted_amount")
    assert (row["verdict"], row["difference_usd"]) == (None, None)


def test_a_cost_without_exchange_rate_makes_the_month_provisional(budgeted: Mart) -> None:
    [row] = budgeted((MONTHS[0], 10), costs=[(day(MONTHS[0], 3), "model_api", None)])
    assert (row["status"], row["reason"]) == ("provisional", "unconverted_amount")


def test_a_month_before_the_data_has_no_actual(budgeted: Mart) -> None:
    [row] = budgeted((date(2024, 12, 1), 10), costs=costs_of(5))
    assert (row["status"], row["reason"], row["actual_usd"]) == (
        "not_computable",
        "no_actuals",
        None,
    )


def test_a_budget_of_nothing_has_no_share(budgeted: Mart) -> None:
    [row] = budgeted((MONTHS[0], 0), costs=costs_of(5))
    assert (row["spent_share"], row["verdict"]) == (None, "breach")


def test_the_interval_holds_the_truth_nineteen_times_in_twenty(budgeted: Mart) -> None:
    rng, hits = np.random.default_rng(4), 0
    for _ in range(200):
        drawn = 100 + 10 * np.arange(6) + rng.normal(0, 5, 6)
        [row] = budgeted((JUNE, 1), costs=costs_of(*drawn[:5]))
        hits += row["forecast_usd_ci_low"] <= drawn[5] <= row["forecast_usd_ci_high"]
    assert 180 <= hits <= 198


def test_doubling_all_money_leaves_verdicts_and_dates(budgeted: Mart) -> None:
    names = ("verdict", "overrun_date", "spent_share", "status")
    lines = [(MONTHS[1], 100), (JUNE, 130), (AUGUST, 150)]
    once = budgeted(*lines, costs=costs_of(90, 112, 118, 131, 140))
    doubled = [(month, 2 * int(amount)) for month, amount in lines]
    twice = budgeted(*doubled, costs=costs_of(180, 224, 236, 262, 280))
    assert [[row[n] for n in names] for row in once] == [[row[n] for n in names] for row in twice]


def test_before_any_data_there_is_no_row(budgeted: Mart) -> None:
    assert budgeted() == []
