"""The report of the demo company in a real browser: drawn, right, usable, and offline."""

import csv
import io
import itertools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from report_support import chromium, executable, settings_in, visit
from support import Command, new_command

from pipelines.report.build import build_report
from pipelines.report.pages import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# a whole night and a browser
pytestmark = pytest.mark.slow

WIDTHS = {"phone": 390, "tablet": 820, "laptop": 1280}
FILES = [page.file_name for page in PAGES]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Command:
    executable()
    command = new_command(tmp_path_factory.mktemp("report"))
    command.landing.rmdir()
    run = command("demo")
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(rf"^report +{len(PAGES)} pages", run.stdout, re.MULTILINE)
    return command


@pytest.fixture(scope="module")
def folder(night: Command) -> Path:
    return night.home / "published" / "report"


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize(
    ("width", "scheme"),
    [("phone", "light"), ("tablet", "dark"), ("laptop", "light"), ("laptop", "dark")],
)
def test_every_page_is_drawn_without_a_complaint_or_a_request(
    browser: "Browser", folder: Path, tmp_path: Path, width: str, scheme: str
) -> None:
    size = {"width": WIDTHS[width], "height": 900}
    for name in FILES:
        with visit(browser, folder / name, viewport=size, color_scheme=scheme) as visited:
            assert (visited.complaints, visited.requests) == ([], []), name
            overflow = "document.documentElement.scrollWidth - window.innerWidth"
            assert visited.page.evaluate(overflow) <= 0, name
            for drawing in visited.page.query_selector_all(".drawing"):
                assert drawing.query_selector("svg"), name
            visited.page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)


def test_the_numbers_on_a_page_are_those_of_the_mart(
    browser: "Browser", folder: Path, night: Command
) -> None:
    expected = night.published(
        "select margin_share, margin_usd from marts.inference_margin"
        " where scope_kind = 'product' order by usage_month desc"
    )
    with visit(browser, folder / "margin.html") as visited:
        section = visited.page.locator("#what-part-of-revenue-is-left-after-inference")
        shown = [
            tuple(
                row.locator("td.number").nth(place).get_attribute("data-value") for place in (0, 2)
            )
            for row in section.locator("tbody tr:not([hidden])").all()
        ]
        first = section.locator("tbody tr:not([hidden]) td.number").first.inner_text()
    assert [(float(share), float(usd)) for share, usd in shown] == [
        (pytest.approx(share), pytest.approx(float(usd))) for share, usd in expected
    ]
    assert first == f"{expected[0][0] * 100:.2f}"


def test_the_first_screen_says_what_the_scorecard_says(
    browser: "Browser", folder: Path, night: Command
) -> None:
    ((value,),) = night.published(
        "select arg_max(value, metric_month) from marts.scorecard"
        " where metric = 'ai_unit_profit_usd' and status = 'ok'"
    )
    with visit(browser, folder / "index.html") as visited:
        answer = visited.page.locator(".answer")
        assert float(answer.locator("data").get_attribute("value")) == pytest.approx(value)
        assert "each active user leaves money" in answer.inner_text()


def test_the_waterfall_runs_from_the_month_before_to_this_month(
    browser: "Browser", folder: Path
) -> None:
    with visit(browser, folder / "index.html") as visited:
        rows = visited.page.locator("#what-changed-since-last-month tbody tr:not([hidden])").all()
        values = [
            [float(cell.get_attribute("data-value")) for cell in row.locator("td.number").all()]
            for row in rows
        ]
    (start, *_), *parts, (end, *_) = values
    assert start + sum(effect for effect, *_ in parts) == pytest.approx(end)
    for before, after in itertools.pairwise(parts):
        assert before[2] == pytest.approx(after[1])


def test_filters_choose_rows_chart_and_download(
    browser: "Browser", folder: Path, night: Command
) -> None:
    ((rows,),) = night.published(
        "select count(*) from marts.inference_margin where scope_kind = 'segment'"
    )
    with visit(browser, folder / "margin.html", accept_downloads=True) as visited:
        section = visited.page.locator("#what-part-of-revenue-is-left-after-inference")
        section.get_by_role("combobox", name="Scope kind").select_option(label="segment")
        assert section.locator("tbody tr:not([hidden])").count() == rows
        section.get_by_role("combobox", name="Scope ID").select_option(label="enterprise")
        assert section.locator("output").inner_text().startswith("13 of ")
        with visited.page.expect_download() as download:
            section.get_by_role("button", name="Download CSV").click()
        text = Path(download.value.path()).read_text("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert {line["scope_id"] for line in lines} == {"enterprise"}
    assert len(lines) == 13


def test_a_month_is_the_same_month_everywhere_on_earth(browser: "Browser", folder: Path) -> None:
    for zone in ("America/Los_Angeles", "Pacific/Auckland"):
        with visit(browser, folder / "margin.html", timezone_id=zone) as visited:
            drawing = visited.page.locator(".drawing").first
            assert "Oct 2026" in drawing.text_content()
            assert "Sep 2025" not in drawing.text_content()


def test_a_page_is_read_without_eyes_and_without_a_mouse(browser: "Browser", folder: Path) -> None:
    for name in FILES:
        with visit(browser, folder / name) as visited:
            page = visited.page
            assert page.locator("html[lang=en]").count() == 1
            for landmark in ("header", "nav[aria-label]", "main", "footer", "h1"):
                assert page.locator(landmark).count() == 1, (name, landmark)
            assert page.locator("nav a[aria-current=page]").count() == 1
            tables = page.locator("table").count()
            assert page.locator("table > caption").count() == tables
            assert page.locator("th:not([scope])").count() == 0
            assert (
                page.locator(
                    "[role=img]:not([aria-label]), [role=region]:not([aria-label])"
                ).count()
                == 0
            )
            labels = {label.get_attribute("for") for label in page.locator("label").all()}
            assert {select.get_attribute("id") for select in page.locator("select").all()} == labels
            page.keyboard.press("Tab")
            assert page.locator(":focus").inner_text() == "Skip to the content"


def test_no_user_is_named(folder: Path, night: Command) -> None:
    users = night.warehouse(
        "select distinct user_id from raw.inference_logs where user_id is not null limit 200"
    )
    for path in folder.iterdir():
        text = path.read_text("utf-8")
        assert not [user for (user,) in users if f">{user}<" in text], path.name


def test_no_customer_is_named_where_they_are_kept_out(night: Command, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.published_file.parent.mkdir(parents=True)
    shutil.copy(night.home / "published" / "unit_economics.duckdb", settings.published_file)
    customers = [name for (name,) in night.published("select customer_id from facts.dim_customers")]
    folder = build_report(settings, without_customers=True).parent
    for path in folder.iterdir():
        text = path.read_text("utf-8")
        assert not [customer for customer in customers if customer in text], path.name
