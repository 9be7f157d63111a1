"""What columns and values are called for people."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.report.units import label_of, stated_unit, unit_of, written


@pytest.mark.parametrize(
    ("column", "label", "unit"),
    [
        ("margin_usd", "Margin", "EUR"),
        ("margin_share", "Margin", "%"),
        ("cost_per_inference_usd", "Cost per inference", "EUR per inference"),
        ("cost_usd_per_million_tokens", "Cost", "EUR per million tokens"),
        ("unit_profit_usd_ci_low", "Unit profit, interval from", "EUR per active user"),
        ("intelligence_roi_ratio", "Intelligence ROI", "% per 1,000 EUR"),
        ("adjusted_cac_usd", "Adjusted CAC", "EUR per customer"),
        ("rows_quarantined", "Rows quarantined", "rows"),
        ("scope_id", "Scope ID", ""),
    ],
)
def test_a_column_is_read_as_its_name_and_its_unit(column: str, label: str, unit: str) -> None:
    assert label_of(column, "EUR") == label
    assert unit_of(column, "EUR") == unit


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (Decimal("1384.638352"), "USD", "1,384.64"),
        (0.0917554518, "USD per inference", "0.0918"),
        (-1.31, "USD", "\N{MINUS SIGN}1.31"),
        (0.6659, "%", "66.59"),
        (0.0393, "% per month", "3.93"),
        (107.73, "% per 1,000 USD", "107.73"),
        (0, "count", "0"),
        (1234567, "tokens", "1,234,567"),
        (float("nan"), "USD", ""),
        (None, "USD", ""),
        (True, "", "yes"),
        (date(2026, 10, 1), "", "2026-10-01"),
    ],
)
def test_a_value_is_written_in_its_unit(value: object, unit: str, words: str) -> None:
    assert written(value, unit=unit) == words


def test_a_month_is_written_by_name() -> None:
    assert written(date(2026, 10, 1), month=True) == "Oct 2026"


def test_a_unit_that_a_row_states_is_spelled_out() -> None:
    assert stated_unit("usd_per_active_user", "USD") == "USD per active user"
    assert stated_unit("months", "USD") == "months"
