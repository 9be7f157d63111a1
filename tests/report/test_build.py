"""The report out of a published file: what it says, what it leaves out, and when it fails."""

from datetime import date
from pathlib import Path

import pytest
from report_support import margin_row, publish_tables, settings_in

from pipelines.console import Console, StageOutcome
from pipelines.errors import UsageError
from pipelines.report.apart import report_apart
from pipelines.report.build import build_report
from pipelines.report.pages import PAGES
from pipelines.settings import Settings

CUSTOMER = "acme-gmbh"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = settings_in(tmp_path)
    rows = [margin_row("product", "all", 60.0), margin_row("customer", CUSTOMER, -5.0)]
    publish_tables(made, {"marts.inference_margin": rows})
    # what draws is not looked at here
    folder = made.home / "build"
    folder.mkdir(parents=True)
    return made


def test_there_is_a_page_per_area(settings: Settings) -> None:
    index = build_report(settings)
    assert {path.name for path in index.parent.iterdir()} == {page.file_name for page in PAGES}


def test_what_the_file_lacks_is_said(settings: Settings) -> None:
    folder = build_report(settings).parent
    pricing = (folder / "pricing.html").read_text("utf-8")
    assert "marts.pricing_scenarios is not in this file." in pricing


def test_the_definition_is_the_one_in_the_file(settings: Settings) -> None:
    page = (build_report(settings).parent / "margin.html").read_text("utf-8")
    assert "One row per case of marts.inference_margin." in page


def test_customers_are_named_in_the_drill_down(settings: Settings) -> None:
    folder = build_report(settings).parent
    naming = [path.name for path in folder.iterdir() if CUSTOMER in path.read_text("utf-8")]
    assert sorted(naming) == ["customers.html", "margin.html"]


def test_customers_are_kept_out_on_demand(settings: Settings) -> None:
    folder = build_report(settings, without_customers=True).parent
    assert not [path.name for path in folder.iterdir() if CUSTOMER in path.read_text("utf-8")]


def test_a_page_that_is_no_longer_made_goes(settings: Settings) -> None:
    old = settings.report_dir / "old.html"
    old.parent.mkdir(parents=True)
    old.write_text("old", "utf-8")
    build_report(settings)
    assert not old.exists()


def test_a_page_refers_to_its_neighbours_only(settings: Settings) -> None:
    page = (build_report(settings).parent / "margin.html").read_text("utf-8")
    head, _, _ = page.partition("<script>")
    assert "http://" not in head
    assert "https://" not in head
    assert "default-src 'none'" in head


def test_nothing_published_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="published"):
        build_report(settings_in(tmp_path))


def test_a_report_that_fails_is_a_warning(settings: Settings) -> None:
    settings.published_file.write_bytes(b"no database")
    outcome = StageOutcome()
    (warning,) = report_apart(settings, Console(), outcome)
    assert warning.endswith("remedy: unitecon report")
    assert outcome.remark == "not built"
    assert settings.published_file.read_bytes() == b"no database"


def test_the_first_screen_says_which_way_it_goes(settings: Settings) -> None:
    months = [(date(2026, 9, 1), 1.83), (date(2026, 10, 1), 0.52)]
    rows = [
        {
            "metric": "ai_unit_profit_usd", "metric_month": month, "value": value,
            "complete_through_date": date(2026, 10, 31), "unit": "usd_per_active_user",
            "ci_low": None, "ci_high": None, "goal": None, "verdict": None, "trend": "worsening",
            "status": "ok", "reason": None,
        }
        for month, value in months
    ]  # fmt: skip
    publish_tables(settings, {"marts.scorecard": rows})
    page = build_report(settings).read_text("utf-8")
    assert "Yes: each active user leaves money" in page
    assert "Down by 1.31 USD per active user" in page
    assert "in October 2026" in page
