"""The demo company's report in use: filters, drill-down, downloads, keyboard, and who is in it."""

import csv
import io
import itertools
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from demo_night import Night
from report_support import settings_in, visit

from pipelines.report.build import build_report
from pipelines.report.pages import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MARGIN = "#what-part-of-revenue-is-left-after-inference"
SCOPES = ("product", "feature", "model", "segment", "customer")
SHOWN = "tbody tr:not([hidden])"


def test_the_night_builds_every_page(demo_night: Night) -> None:
    assert re.search(rf"^report +{len(PAGES)} pages", demo_night.printed, re.MULTILINE)
    built = {path.name for path in demo_night.report.iterdir()}
    assert built == {page.file_name for page in PAGES}


def test_the_waterfall_runs_from_the_month_before_to_this_month(
    browser: "Browser", demo_night: Night
) -> None:
    with visit(browser, demo_night.report / "index.html") as visited:
        rows = visited.page.locator(f"#what-changed-since-last-month {SHOWN}").all()
        values = [
            [float(cell.get_attribute("data-value")) for cell in row.locator("td.number").all()]
            for row in rows
        ]
    (start, *_), *parts, (end, *_) = values
    assert start + sum(effect for effect, *_ in parts) == pytest.approx(end)
    for before, after in itertools.pairwise(parts):
        assert before[2] == pytest.approx(after[1])


def test_margin_is_told_by_product_feature_model_segment_and_customer(
    browser: "Browser", demo_night: Night
) -> None:
    with visit(browser, demo_night.report / "margin.html") as visited:
        section = visited.page.locator(MARGIN)
        kinds = section.get_by_role("combobox", name="Scope kind")
        for kind in SCOPES:
            ((members,),) = demo_night.command.published(
                "select count(distinct scope_id) from marts.inference_margin"
                f" where scope_kind = '{kind}'"
            )
            kinds.select_option(label=kind)
            offered = section.get_by_role("combobox", name="Scope ID").locator("option[value^='=']")
            assert offered.count() == members
            assert section.locator(SHOWN).count() > 0


def test_a_download_holds_the_chosen_rows_exactly(browser: "Browser", demo_night: Night) -> None:
    held = demo_night.command.published(
        "select strftime(usage_month, '%Y-%m-%d'), verdict, scale, margin_usd"
        " from marts.inference_margin where scope_kind = 'segment' and scope_id = 'enterprise'"
    )
    with visit(browser, demo_night.report / "margin.html", accept_downloads=True) as visited:
        section = visited.page.locator(MARGIN)
        section.get_by_role("combobox", name="Scope kind").select_option(label="segment")
        section.get_by_role("combobox", name="Scope ID").select_option(label="enterprise")
        with visited.page.expect_download() as download:
            section.get_by_role("button", name="Download CSV").click()
        text = Path(download.value.path()).read_text("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    columns = ("usage_month", "verdict", "scale", "margin_usd")
    downloaded = [tuple(line[column] for column in columns) for line in lines]
    assert len(held) == 13
    assert sorted(downloaded) == sorted(
        (month, verdict or "", scale, f"{usd.normalize():f}") for month, verdict, scale, usd in held
    )


def test_an_interval_that_would_flatten_the_others_is_cut_and_said_so(
    browser: "Browser", demo_night: Night
) -> None:
    with visit(browser, demo_night.report / "learning.html") as visited:
        section = visited.page.locator("#what-is-the-next-doubling-worth")
        assert "Arrow: the interval goes on" in section.locator("figcaption").inner_text()
        ends = [float(end) for end in re.findall(r"[\d.]+", _axis(section))]
        assert max(ends) < 20


def test_a_chart_is_in_the_unit_that_its_rows_state(browser: "Browser", demo_night: Night) -> None:
    with visit(browser, demo_night.report / "index.html") as visited:
        section = visited.page.locator("#how-did-each-metric-move")
        assert "USD per active user" in section.locator(".drawing").text_content()
        chosen = section.get_by_role("combobox", name="Metric").select_option(label="Idle (%)")
        assert chosen == ["=Idle (%)"]
        section.locator(".role-axis-label text").filter(has_text="75%").wait_for(state="attached")


def _axis(section: Any) -> str:  # noqa: ANN401  # playwright may be missing
    """The labels of a chart's axis of values."""
    return " ".join(section.locator(".role-axis-label text").all_text_contents())


def test_a_month_is_the_same_month_everywhere_on_earth(
    browser: "Browser", demo_night: Night
) -> None:
    for zone in ("America/Los_Angeles", "Pacific/Auckland"):
        with visit(browser, demo_night.report / "decay.html", timezone_id=zone) as visited:
            drawing = visited.page.locator(".drawing").first
            assert "Oct 2026" in drawing.text_content()
            assert "Sep 2025" not in drawing.text_content()


def test_a_page_is_used_without_a_mouse(browser: "Browser", demo_night: Night) -> None:
    with visit(browser, demo_night.report / "margin.html") as visited:
        keys, section = visited.page.keyboard, visited.page.locator(MARGIN)
        keys.press("Tab")
        assert visited.page.locator(":focus").inner_text() == "Skip to the content"
        keys.press("Enter")
        assert visited.page.evaluate("document.activeElement.id") == "content"
        section.get_by_role("combobox", name="Scope kind").focus()
        keys.press("ArrowDown")
        assert section.locator(f"{SHOWN} td").first.inner_text() == "feature"
        section.locator("summary").focus()
        keys.press("Enter")
        assert "One row per" in section.locator("details .meaning").inner_text()
        assert section.locator(".scroll").get_attribute("tabindex") == "0"


def test_no_user_is_named(demo_night: Night) -> None:
    users = demo_night.command.warehouse(
        "select distinct user_id from raw.inference_logs where user_id is not null limit 200"
    )
    assert users
    for path in demo_night.report.iterdir():
        text = path.read_text("utf-8")
        assert not [user for (user,) in users if f">{user}<" in text], path.name


def test_no_customer_is_named_where_they_are_kept_out(demo_night: Night, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.published_file.parent.mkdir(parents=True)
    published = demo_night.command.home / "published" / "unit_economics.duckdb"
    shutil.copy(published, settings.published_file)
    customers = [
        name
        for (name,) in demo_night.command.published("select customer_id from facts.dim_customers")
    ]
    for path in build_report(settings, without_customers=True).parent.iterdir():
        text = path.read_text("utf-8")
        assert not [customer for customer in customers if customer in text], path.name
