"""Every page of the demo company in a real browser: drawn, right, and offline."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from demo_night import Night
from page_checks import LOW_CONTRAST, SHOWN_FIGURES, UNNAMED, WRONGLY_FILTERED
from page_tables import differences, misprints, query_of, tables_of, without_unit
from report_support import Visit, visit

from pipelines.report.declarations import Page
from pipelines.report.pages import OVERVIEW, PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Visits = Mapping[str, Visit]

WIDTHS = {"phone": (390, 844), "tablet": (820, 1180), "laptop": (1440, 900)}
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
NOTHING = "Nothing to draw"


@pytest.fixture(scope="module")
def visits(browser: "Browser", demo_night: Night) -> Iterator[Visits]:
    """Every page, opened once."""
    with ExitStack() as open_pages:
        yield {
            page.name: open_pages.enter_context(visit(browser, demo_night.report / page.file_name))
            for page in PAGES
        }


@EVERY_PAGE
def test_a_page_is_drawn_without_a_complaint_or_a_request(visits: Visits, page: Page) -> None:
    visited = visits[page.name]
    assert (visited.complaints, visited.requests) == ([], [])
    drawings = visited.page.locator(".drawing").all()
    assert len(drawings) == visited.page.locator("section.exhibit script.chart").count()
    for drawing in drawings:
        assert drawing.locator("svg").count() == 1 or NOTHING in drawing.inner_text()


@EVERY_PAGE
def test_a_page_fits_a_phone_a_tablet_and_a_laptop(
    visits: Visits, page: Page, tmp_path: Path
) -> None:
    visited = visits[page.name]
    for name, (width, height) in WIDTHS.items():
        visited.page.set_viewport_size({"width": width, "height": height})
        assert visited.page.evaluate(OVERFLOW) <= 0, name
        picture = visited.page.screenshot(path=tmp_path / f"{page.name}-{name}.png")
        # a PNG states its width from byte 16 on
        assert int.from_bytes(picture[16:20], "big") == width
    assert (visited.complaints, visited.requests) == ([], [])


@EVERY_PAGE
def test_what_is_read_stands_out_in_light_and_in_dark(visits: Visits, page: Page) -> None:
    visited = visits[page.name]
    grounds = set()
    for scheme in ("dark", "light"):
        visited.page.emulate_media(color_scheme=scheme)
        grounds.add(visited.page.evaluate("getComputedStyle(document.body).backgroundColor"))
        visited.page.wait_for_selector(f"html[data-drawn-in={scheme}]", state="attached")
        assert visited.page.evaluate(LOW_CONTRAST) == [], scheme
    assert len(grounds) == 2
    assert visited.complaints == []


@EVERY_PAGE
def test_everything_that_is_used_or_drawn_has_a_name(visits: Visits, page: Page) -> None:
    visited = visits[page.name]
    assert visited.page.evaluate(UNNAMED) == []


@EVERY_PAGE
def test_every_table_holds_what_the_file_holds(
    visits: Visits, demo_night: Night, page: Page
) -> None:
    tables = tables_of(visits[page.name].page)
    for exhibit in page.exhibits:
        table = tables.get(exhibit.key)
        if table is None:
            count = demo_night.command.published(query_of(exhibit, ["count(*)"], ordered=False))
            assert count == [(0,)], exhibit.title
            continue
        rows = demo_night.command.published(query_of(exhibit, table.columns))
        assert rows, exhibit.title
        assert differences(table, rows) == [], exhibit.title
        assert misprints(table, rows) == [], exhibit.title
        assert without_unit(table, rows) == [], exhibit.title


@EVERY_PAGE
def test_every_figure_is_the_scorecards(visits: Visits, demo_night: Night, page: Page) -> None:
    held = demo_night.command.published(
        "select metric, value from marts.scorecard where metric_month = (select max(metric_month)"
        " from marts.scorecard where metric = 'ai_unit_profit_usd' and status = 'ok')"
    )
    shown = visits[page.name].page.evaluate(SHOWN_FIGURES)
    assert {metric for metric, _ in shown} >= {*page.metrics}
    assert {(metric, float(value)) for metric, value in shown} <= {*held}


def test_the_first_screen_holds_every_answer(visits: Visits) -> None:
    visited = visits[OVERVIEW.name]
    visited.page.set_viewport_size({"width": 1440, "height": 900})
    answers = {
        ".answer": "each active user leaves money",
        ".trend": "Oct 2025 to Oct 2026",
        ".tiles li:nth-child(1)": "breached",
        ".tiles li:nth-child(2)": "flagged",
        ".tiles li:nth-child(3)": "Missing data",
        ".tiles li:nth-child(4)": "critical",
        "#what-changed-since-last-month .drawing": "price",
    }
    for place, words in answers.items():
        element = visited.page.locator(place)
        box = element.bounding_box()
        assert words in element.text_content(), place
        assert box["y"] + box["height"] <= 900, place


@EVERY_PAGE
def test_every_filter_leaves_the_rows_of_its_value(visits: Visits, page: Page) -> None:
    visited = visits[page.name]
    assert visited.page.evaluate(WRONGLY_FILTERED) == []
    assert visited.complaints == []
