"""Tables: one set of numbers on a page, each with its unit and its exact value."""

from datetime import date
from decimal import Decimal

from pipelines.report.exhibits import embedded
from pipelines.report.tables import data_table, exact


def test_a_cell_shows_a_value_and_carries_the_exact_one() -> None:
    row = {"usage_month": date(2026, 10, 1), "cost_usd": Decimal("499.295606200000")}
    table = data_table("Cost", ("usage_month", "cost_usd"), [row], currency="USD")
    assert '<td class="number" data-value="499.2956062">499.30</td>' in table
    assert '<th scope="row" class="date" data-value="2026-10-01">Oct 2026</th>' in table
    assert 'data-column="cost_usd">Cost <span class="unit">USD</span></th>' in table
    assert "<caption>Cost</caption>" in table


def test_null_is_an_empty_cell_and_not_zero() -> None:
    rows = [{"model": "a", "cost_usd": None}, {"model": "b", "cost_usd": 0.0}]
    table = data_table("Cost", ("model", "cost_usd"), rows, currency="USD")
    assert '<td class="text"></td>' in table
    assert 'data-value="0.0">0.00</td>' in table


def test_a_value_is_in_the_unit_that_its_row_states() -> None:
    row = {"metric": "idle_share", "value": 0.25, "unit": "share"}
    table = data_table("Idle", ("metric", "value", "unit"), [row], currency="USD")
    assert 'data-value="0.25">25.00</td><td class="text" data-value="share">%</td>' in table


def test_words_are_written_with_spaces_and_kept_as_they_are() -> None:
    row = {"model_version": "gpt_4", "verdict": "not_justified"}
    table = data_table("Worth it", ("model_version", "verdict"), [row], currency="USD")
    assert '<td class="not_justified" data-value="not_justified">not justified</td>' in table
    assert ">gpt_4</th>" in table


def test_a_metric_is_told_by_name_and_unit() -> None:
    row = {"metric": "idle_share", "value": 0.25, "unit": "share"}
    table = data_table("Idle", ("metric", "value"), [row], currency="USD")
    assert '<th scope="row" class="text" data-value="idle_share">Idle (%)</th>' in table


def test_what_a_file_says_is_never_taken_for_html() -> None:
    hostile = "</script><img src=x onerror=alert(1)>"
    table = data_table(hostile, ("model",), [{"model": hostile}], currency="USD")
    assert "<img" not in table
    assert "</script" not in embedded({"title": hostile})


def test_a_number_keeps_its_digits() -> None:
    assert exact(Decimal("0.000000000001")) == "0.000000000001"
    assert exact(Decimal("1200.000000000000")) == "1200"
