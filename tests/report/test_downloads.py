"""A downloaded file opens in a spreadsheet without running what a name says."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from report_support import margin_row, publish_tables, settings_in, visit

from pipelines.report.build import build_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = {
    "=1+1": "'=1+1",
    "+1 dial": "'+1 dial",
    "-cmd": "'-cmd",
    "@name": "'@name",
    "\tx": "'\tx",
    "-5": "-5",
    "+1.5e3": "+1.5e3",
    'a "quoted", name': 'a "quoted", name',
    "<b>bold</b>": "<b>bold</b>",
}


def test_formulas_are_made_harmless_and_numbers_stay_numbers(
    browser: "Browser", tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    rows = [margin_row("product", name, -5.0) for name in NAMES]
    publish_tables(settings, {"marts.inference_margin": rows})
    margin = build_report(settings).parent / "margin.html"
    with visit(browser, margin, accept_downloads=True) as visited:
        section = visited.page.locator("#what-part-of-revenue-is-left-after-inference")
        with visited.page.expect_download() as download:
            section.get_by_role("button", name="Download CSV").click()
        text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {line["scope_id"] for line in lines} == set(NAMES.values())
    assert {line["margin_usd"] for line in lines} == {"-5.0"}
