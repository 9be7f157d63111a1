"""The mart `restatements`: what was told of a month that was over, and what stands now."""

from datetime import date

import polars as pl
import pytest

from pipelines.metrics.restatements import restatements

MARCH = date(2026, 3, 1)
REPORTED = {
    "metric": pl.String,
    "metric_month": pl.Date,
    "reported_date": pl.Date,
    "run_id": pl.String,
    "unit": pl.String,
    "status": pl.String,
    "value": pl.Float64,
    "report_number": pl.Int64,
    "is_month_complete": pl.Boolean,
}
SCORECARD = {
    "metric": pl.String,
    "metric_month": pl.Date,
    "unit": pl.String,
    "status": pl.String,
    "reason": pl.String,
    "value": pl.Float64,
}


def reports(*values: float | None, open_reports: int = 0) -> pl.LazyFrame:
    """Reports of the cost of March, one a day from 2 April on; the first ones while it was open."""
    rows = [
        ("cost", MARCH, date(2026, 4, 1 + number), f"run-{number}", "usd", "ok", value, number,
         number > open_reports)
        for number, value in enumerate(values, 1)
    ]  # fmt: skip
    return pl.LazyFrame(rows, REPORTED, orient="row")


def now(value: float | None, month: date | None = MARCH) -> pl.LazyFrame:
    """The scorecard's row of the cost of March."""
    status, reason = ("ok", None) if value is not None else ("not_computable", "no_cost")
    return pl.LazyFrame([("cost", month, "usd", status, reason, value)], SCORECARD, orient="row")


def test_a_credit_note_for_a_month_that_was_over_restates_it() -> None:
    [row] = restatements(reports(100), now(80)).collect().to_dicts()
    assert row == {
        "metric": "cost",
        "metric_month": MARCH,
        "first_reported_date": date(2026, 4, 2),
        "first_run_id": "run-1",
        "unit": "usd",
        "first_status": "ok",
        "status": "ok",
        "reason": None,
        "first_value": 100,
        "current_value": 80,
        "change_value": 80 - 100,
        "change_share": (80 - 100) / 100,
        "restatement_count": 1,
    }


def test_what_an_open_month_said_is_no_restatement() -> None:
    rows = restatements(reports(40, 100, open_reports=1), now(100)).collect()
    assert rows.is_empty()
    [row] = restatements(reports(40, 100, open_reports=1), now(110)).collect().to_dicts()
    assert (row["first_value"], row["restatement_count"]) == (100, 1)


def test_a_month_that_moved_twice_is_told_from_its_first_report() -> None:
    [row] = restatements(reports(100, 90), now(80)).collect().to_dicts()
    assert (row["first_value"], row["current_value"], row["restatement_count"]) == (100, 80, 2)


def test_a_month_that_moved_and_stayed_is_counted_once() -> None:
    [row] = restatements(reports(100, 90), now(90)).collect().to_dicts()
    assert (row["change_value"], row["restatement_count"]) == (90 - 100, 1)


def test_a_month_that_came_back_is_no_restatement() -> None:
    assert restatements(reports(100, 90), now(100)).collect().is_empty()


def test_a_first_value_of_zero_has_no_share() -> None:
    [row] = restatements(reports(0), now(5)).collect().to_dicts()
    assert (row["change_value"], row["change_share"]) == (5, None)


def test_a_metric_that_can_no_longer_be_computed_is_restated_to_null() -> None:
    [row] = restatements(reports(100), now(None)).collect().to_dicts()
    assert (row["current_value"], row["change_value"], row["reason"]) == (None, None, "no_cost")


def test_a_metric_that_can_now_be_computed_is_restated_from_null() -> None:
    [row] = restatements(reports(None), now(100)).collect().to_dicts()
    assert (row["first_value"], row["current_value"], row["change_share"]) == (None, 100, None)


def test_the_last_digits_of_a_float_are_no_restatement() -> None:
    assert restatements(reports(0.1 + 0.2), now(0.3)).collect().is_empty()


def test_before_anything_was_reported_nothing_is_restated() -> None:
    assert restatements(reports(), now(100)).collect().is_empty()
    assert restatements(reports(100), now(None, month=None)).collect().is_empty()


@pytest.mark.parametrize("factor", [2, 1000])
def test_the_share_does_not_depend_on_the_currency(factor: int) -> None:
    [row] = restatements(reports(100), now(80)).collect().to_dicts()
    [other] = restatements(reports(100 * factor), now(80 * factor)).collect().to_dicts()
    assert other["change_share"] == pytest.approx(row["change_share"])
