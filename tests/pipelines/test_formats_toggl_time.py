"""Toggl's detailed report becomes maintenance work; what it bills is never taken for its cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from loading_support import Loader, new_loader

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "toggl_time"
TEXT = (FIXTURES / "detailed_report.csv").read_text("utf-8")
PATH = "maintenance_work/october.csv"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def test_durations_become_hours_at_their_cost(loader: Loader) -> None:
    loader.deliver(PATH, TEXT)
    loader.load()
    assert loader.file(PATH)["format"] == "toggl_time"
    first, second = date(2026, 10, 1), date(2026, 10, 2)
    assert loader.ask(
        "select worked_on, activity, model, hours, hourly_cost, currency"
        " from raw.maintenance_work order by _line"
    ) == [
        (first, "on_call", "atlas-chat", Decimal("1.5"), Decimal("85.50"), "USD"),
        (second, "evaluation", None, Decimal("0.333333"), Decimal("85.50"), "USD"),
        (second, "maintenance", None, Decimal("26.01"), Decimal(90), "USD"),
    ]


@pytest.mark.parametrize(
    ("amount", "cost", "currency"),
    [
        ("Amount (USD)", "Hourly cost (EUR)", "EUR"),
        ("Amount (GBP)", "Labor cost", "GBP"),
        ("Currency", "Cost", "CHF"),
        ("Currency", "Cost ()", "CHF"),
    ],
)
def test_the_cost_may_stand_in_any_of_its_columns(
    loader: Loader, amount: str, cost: str, currency: str
) -> None:
    header, *rows = TEXT.replace(",300.00,", ",CHF,").replace(",,85", ",CHF,85").splitlines()
    header = header.replace("Amount (USD)", amount).replace("Hourly cost", cost)
    loader.deliver(PATH, "\n".join([header, *rows[:2]]) + "\n")
    loader.load()
    assert loader.ask("select distinct currency, hourly_cost from raw.maintenance_work") == [
        (currency, Decimal("85.50"))
    ]


@pytest.mark.parametrize(
    ("sound", "other", "missing"),
    [("Hourly cost", "Profit", "Hourly cost"), ("Amount (USD)", "Amount ()", "Currency")],
)
def test_a_report_without_cost_or_currency_is_refused_with_the_remedy(
    loader: Loader, sound: str, other: str, missing: str
) -> None:
    loader.deliver(PATH, TEXT.replace(sound, other))
    loader.load()
    file = loader.file(PATH)
    assert (file["status"], file["rule"]) == ("rejected", "required_columns")
    assert missing in file["remedy"]


@pytest.mark.parametrize(
    ("sound", "broken", "rule"),
    [
        ("300.00,85.50", "300.00,", "required_value"),
        ("300.00,85.50", "300.00,0", "required_value"),
        ("01:30:00", "01:75:00", "right_type"),
        ("No,2026-10-01", "No,soon", "right_type"),
    ],
)
def test_a_broken_entry_is_set_aside_without_names(
    loader: Loader, sound: str, broken: str, rule: str
) -> None:
    loader.deliver(PATH, TEXT.replace(sound, broken, 1))
    loader.load()
    assert loader.quarantined(PATH) == [(2, rule)]
    assert loader.ask("select count(*) from raw.maintenance_work") == [(2,)]
    ((kept,),) = loader.ask("select content from quarantine.rows")
    assert not [word for word in ("Ada", "ada@", "keys") if word in kept]


def test_an_entry_keeps_its_id_when_its_duration_or_rate_is_corrected(loader: Loader) -> None:
    loader.deliver(PATH, TEXT)
    loader.load()
    later = TEXT.replace("01:30:00", "02:30:00").replace("90.00", "95.00")
    loader.deliver("maintenance_work/quarter.csv", later)
    loader.load()
    assert loader.ask("select count(*), max(hourly_cost) from raw.maintenance_work") == [
        (3, Decimal(95))
    ]
