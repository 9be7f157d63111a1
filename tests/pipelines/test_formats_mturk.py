"""Batch results of Amazon Mechanical Turk become invoice lines: only what is approved costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from loading_support import Loader, new_loader

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "mturk" / "batch_results.csv"
PATH = "labeling_invoices/batch.csv"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


@pytest.fixture
def results() -> str:
    return FIXTURE.read_text("utf-8")


def test_only_approved_assignments_are_payable_and_none_is_lost(
    loader: Loader, results: str
) -> None:
    loader.deliver(PATH, results)
    loader.load()
    assert loader.file(PATH)["format"] == "mturk"
    assert loader.ask(
        "select line_number, line_amount, unit_price, currency from raw.labeling_invoices"
        " order by all"
    ) == [
        ("ASSIGNMENT-1", Decimal("0.25"), Decimal("0.25"), "USD"),
        ("ASSIGNMENT-2", Decimal(0), Decimal("0.25"), "USD"),
        ("ASSIGNMENT-3", Decimal(0), Decimal("0.25"), "USD"),
    ]


def test_a_line_that_costs_nothing_says_why(loader: Loader, results: str) -> None:
    loader.deliver(PATH, results)
    loader.load()
    title = "Which word describes the emotion?"
    assert loader.ask("select description from raw.labeling_invoices order by line_number") == [
        (title,),
        (f"{title}: rejected, not payable",),
        (f"{title}: not decided yet, not payable",),
    ]


def test_a_pacific_evening_is_the_next_day_in_utc(loader: Loader, results: str) -> None:
    loader.deliver(PATH, results)
    loader.load()
    # 18:30 in summer (UTC-7) is 01:30 of the next day; 17:00 in winter (UTC-8) is 01:00.
    assert loader.ask("select issue_date from raw.labeling_invoices order by line_number") == [
        (date(2021, 4, 6),),
        (date(2021, 4, 5),),
        (date(2021, 4, 5),),
    ]
    loader.deliver(PATH, results.replace("Apr 05 18:30:00 PDT", "Jan 04 17:00:00 PST"))
    loader.load()
    ((issued,),) = loader.ask(
        "select issue_date from raw.labeling_invoices where line_number = 'ASSIGNMENT-1'"
    )
    assert issued == date(2021, 1, 5)


def test_a_newer_download_of_the_batch_replaces_the_older_one(loader: Loader, results: str) -> None:
    loader.deliver(PATH, results)
    loader.load()
    approved = results.replace('"Submitted"', '"Approved"')
    loader.deliver("labeling_invoices/batch_again.csv", approved)
    loader.load()
    assert loader.ask(
        "select invoice_number, batch_id, count(*), sum(line_amount)"
        " from raw.labeling_invoices group by all"
    ) == [("4400001", "4400001", 3, Decimal("0.50"))]


def test_without_a_batch_each_hit_is_a_document(loader: Loader, results: str) -> None:
    loader.deliver(PATH, results.replace("BatchId:4400001;", ""))
    loader.load()
    assert loader.ask("select distinct invoice_number, batch_id from raw.labeling_invoices") == [
        ("HIT-A", "TYPE-1")
    ]


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        ('"Approved"', '"Half approved"'),
        ("Apr 05 18:30:00 PDT", "Apr 05 18:30:00 CEST"),
        ("$0.25", "€0.25"),
    ],
)
def test_a_broken_assignment_is_set_aside_and_no_answer_with_it(
    loader: Loader, results: str, sound: str, broken: str
) -> None:
    loader.deliver(PATH, results.replace(sound, broken, 1))
    loader.load()
    assert loader.quarantined(PATH) == [(2, "right_type")]
    assert loader.ask("select count(*) from raw.labeling_invoices") == [(2,)]
    ((kept,),) = loader.ask("select content from quarantine.rows")
    assert "secret" not in kept
    assert "WORKER" not in kept


def test_a_real_batch_costs_its_180_rewards(loader: Loader, public_data: Path) -> None:
    (path,) = (public_data / "labeling").glob("*mturk*.csv")
    loader.deliver(PATH, path.read_bytes())
    loader.load()
    assert loader.ask(
        "select count(*), sum(line_amount), min(batch_id), min(issue_date), max(issue_date)"
        " from raw.labeling_invoices"
    ) == [(180, 180 * Decimal("0.01"), "3930024", date(2020, 2, 22), date(2020, 2, 22))]
    assert loader.quarantined(PATH) == []
