"""Reports of advertising platforms become spend; their totals count nowhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loading_support import Loader, new_loader

from pipelines.sources.ad_platform import read_document

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "ad_platform"
PATH = "acquisition_spend/report.csv"
GOOGLE, META, LINKEDIN = (
    (FIXTURES / f"{name}_ads.csv").read_text("utf-8") for name in ("google", "meta", "linkedin")
)
FIRST, SECOND = date(2026, 10, 1), date(2026, 10, 2)


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (
            GOOGLE,
            [
                (FIRST, "google_ads", "synthetic brand", Decimal("30.25"), "USD"),
                (FIRST, "google_ads", "synthetic spring", Decimal("1204.50"), "USD"),
                (SECOND, "google_ads", "synthetic spring", Decimal(0), "USD"),
            ],
        ),
        (
            META,
            [
                (FIRST, "meta_ads", "synthetic launch", Decimal("100.50"), "EUR"),
                (SECOND, "meta_ads", "synthetic launch", Decimal("80.25"), "EUR"),
            ],
        ),
        (
            LINKEDIN,
            [
                (FIRST, "linkedin_ads", "synthetic leads", Decimal("70.00"), "GBP"),
                (FIRST, "linkedin_ads", "synthetic talent", Decimal("5.10"), "GBP"),
            ],
        ),
        (META.replace('"Reporting starts","Reporting ends"', '"Day","Reporting"'), None),
        ("\ufeff" + GOOGLE.replace("\n", "\r\n"), None),
    ],
    ids=["google", "meta", "linkedin", "meta by day", "byte order mark"],
)
def test_each_day_and_campaign_is_a_row_and_no_total_is(
    loader: Loader, report: str, expected: list[tuple[object, ...]] | None
) -> None:
    loader.deliver(PATH, report)
    loader.load()
    file = loader.file(PATH)
    assert (file["format"], file["status"], file["unknown_columns"]) == (
        "ad_platform", "loaded", None,
    )  # fmt: skip
    rows = loader.ask(
        "select spend_date, channel, campaign, amount, currency from raw.acquisition_spend"
        " order by all"
    )
    assert rows == expected or expected is None
    assert file["rows_read"] == len(rows)
    totals = {"google_ads": "1234.75", "meta_ads": "180.75", "linkedin_ads": "75.10"}
    assert sum(row[3] for row in rows) == Decimal(totals[rows[0][1]])


def test_a_corrected_report_replaces_the_days_it_covers(loader: Loader) -> None:
    loader.deliver(PATH, META)
    loader.load()
    loader.deliver("acquisition_spend/later.csv", META.replace('"80.25"', '"90.25"'))
    loader.load()
    assert loader.ask("select sum(amount) from raw.acquisition_spend") == [(Decimal("190.75"),)]


def test_rows_of_one_campaign_and_day_all_count(loader: Loader) -> None:
    twice = META + '"2026-10-02","2026-10-02","synthetic launch","active","1.00","9"\n'
    loader.deliver(PATH, twice)
    loader.load()
    assert loader.ask("select sum(amount) from raw.acquisition_spend") == [(Decimal("181.75"),)]


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (GOOGLE.replace("2026-10-02,", "02.10.2026,"), "line 6: '02.10.2026' is no day"),
        (GOOGLE.replace("30.25", "30 bucks"), "line 5: '30 bucks' is no amount"),
        (GOOGLE.replace('"1,204.50"', '"1.204,50"'), "line 4: '1.204,50' is no amount"),
        (META.replace('"2026-10-02","2026-10-02"', '"2026-10-01","2026-10-02"'),
         "line 4: it covers more than a day"),
        (GOOGLE.replace("Day,", "Week,"), "no header names a day"),
    ],
)  # fmt: skip
def test_a_report_that_cannot_be_read_is_set_aside_and_no_other(
    loader: Loader, report: str, reason: str
) -> None:
    loader.deliver("acquisition_spend/other.csv", LINKEDIN)
    loader.deliver(PATH, report)
    loader.load()
    file = loader.file(PATH)
    assert (file["status"], file["rule"]) == ("rejected", "report_by_day")
    assert reason in file["reason"]
    assert loader.ask("select count(*) from raw.acquisition_spend") == [(2,)]


def test_a_report_without_a_currency_is_set_aside(loader: Loader) -> None:
    loader.deliver(PATH, GOOGLE.replace("Currency code", "Account"))
    loader.load()
    assert loader.file(PATH)["status"] == "rejected"


def test_a_report_does_not_suffer_for_another_of_the_same_title(loader: Loader) -> None:
    loader.deliver("acquisition_spend/groups.csv", GOOGLE.replace("Campaign,", "Ad group,"))
    loader.deliver(PATH, GOOGLE)
    loader.load()
    assert loader.file("acquisition_spend/groups.csv")["status"] == "rejected"
    assert loader.file(PATH)["status"] == "loaded"


def test_a_canonical_file_is_no_report(loader: Loader) -> None:
    row = "spend_date,channel,campaign,amount,currency\n2026-10-01,paid_search,spring,7.00,USD\n"
    loader.deliver(PATH, row)
    loader.load()
    assert loader.file(PATH)["format"] == "canonical"


@given(st.binary(max_size=60))
def test_no_bytes_below_a_header_raise(content: bytes) -> None:
    read_document(b"Day,Campaign,Cost,Currency\n" + content)
