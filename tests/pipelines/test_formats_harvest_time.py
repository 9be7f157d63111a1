"""Harvest's time report becomes maintenance work at its cost, without anybody's name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from loading_support import Loader, new_loader

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "harvest_time"
TEXT = (FIXTURES / "detailed_time.csv").read_text("utf-8")
PATH = "maintenance_work/october.csv"
HOURS = "select sum(hours) from raw.maintenance_work"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def test_each_entry_costs_its_cost_rate_not_its_billable_one(loader: Loader) -> None:
    loader.deliver(PATH, TEXT)
    loader.load()
    assert loader.file(PATH)["format"] == "harvest_time"
    first, second = date(2026, 10, 1), date(2026, 10, 2)
    assert loader.ask(
        "select worked_on, activity, model, hours, hourly_cost, currency"
        " from raw.maintenance_work order by _line"
    ) == [
        (first, "on_call", "atlas-chat", Decimal("1.25"), Decimal("85.50"), "EUR"),
        (first, "retraining", None, Decimal(2), Decimal("85.50"), "EUR"),
        (first, "retraining", None, Decimal(2), Decimal(90), "EUR"),
        (second, "maintenance", None, Decimal("0.1"), Decimal(90), "EUR"),
        (second, "monitoring", None, Decimal("0.75"), Decimal(90), "EUR"),
    ]


def test_the_same_entries_in_another_export_count_once(loader: Loader) -> None:
    loader.deliver(PATH, TEXT)
    loader.load()
    before = loader.ask(HOURS)
    # Invoicing, a new rate and another order change no entry.
    header, *rows = TEXT.splitlines(keepends=True)
    later = header + "".join(reversed(rows)).replace(",No,No,", ",No,Yes,").replace(
        "90.00", "95.00"
    )
    loader.deliver("maintenance_work/quarter.csv", later)
    loader.load()
    assert loader.ask(HOURS) == before
    assert loader.ask("select max(hourly_cost) from raw.maintenance_work") == [(Decimal(95),)]


def test_a_corrected_export_of_the_same_name_replaces_the_first(loader: Loader) -> None:
    loader.deliver(PATH, TEXT)
    loader.load()
    loader.deliver(PATH, TEXT.replace(",1.25,1.5,", ",2.25,2.5,"))
    loader.load()
    assert loader.ask(HOURS) == [(Decimal("7.1"),)]


@pytest.mark.parametrize(
    ("sound", "broken", "rule"),
    [
        (",85.50,106.88,", ",,106.88,", "required_value"),
        (",85.50,106.88,", ",0.0,106.88,", "required_value"),
        (",1.25,1.5,", ",1:15,1.5,", "right_type"),
        (",1.25,1.5,", ",-1,1.5,", "hours_in_range"),
        ("2026-10-01,", "01.10.2026,", "right_type"),
        ("Euro - EUR", "Euro", "required_value"),
    ],
)
def test_a_broken_entry_is_set_aside_without_names(
    loader: Loader, sound: str, broken: str, rule: str
) -> None:
    loader.deliver(PATH, TEXT.replace(sound, broken, 1))
    loader.load()
    assert loader.quarantined(PATH) == [(2, rule)]
    assert loader.ask("select count(*) from raw.maintenance_work") == [(4,)]
    ((kept,),) = loader.ask("select content from quarantine.rows")
    assert "Ada" not in kept
    assert "paged" not in kept


def test_a_report_without_cost_rates_is_refused_by_name(loader: Loader) -> None:
    loader.deliver(PATH, TEXT.replace("Cost Rate", "Rate"))
    loader.load()
    file = loader.file(PATH)
    assert (file["status"], file["rule"]) == ("rejected", "required_columns")
    assert "Cost Rate" in file["remedy"]


def test_no_name_or_note_is_loaded(loader: Loader) -> None:
    loader.deliver(PATH, TEXT)
    loader.load()
    rows = str(loader.ask("select * from raw.maintenance_work"))
    assert not [word for word in ("Ada", "Grace", "Example", "paged") if word in rows]
