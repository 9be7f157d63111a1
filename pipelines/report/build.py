"""Builds the report: every page anew from the published file, none of them half written."""

import re
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.quality.html_pages import Html
from pipelines.report.bundle import drawing_script
from pipelines.report.cards import cards
from pipelines.report.declarations import Page
from pipelines.report.exhibits import exhibit_section
from pipelines.report.frame import Frame, origin
from pipelines.report.overview import first_screen
from pipelines.report.pages import OVERVIEW, PAGES
from pipelines.report.reader import Published
from pipelines.settings import Settings
from pipelines.warehouse import connect_reader

CURRENCY = re.compile(r"^[A-Z]{3}$")


def build_report(settings: Settings, *, without_customers: bool = False) -> Path:
    """Write every page into the folder of the report; returns the first one.

    Errors: UsageError when nothing is published yet.
    """
    if not settings.published_file.is_file():
        raise UsageError(
            "a report is built from the published file",
            str(settings.published_file),
            "run `unitecon run` first",
        )
    with connect_reader(settings.published_file) as connection:
        published = Published(
            connection,
            currency=str(settings.assumptions["reporting_currency"]),
            shows_customers=bool(settings.assumptions["report_customer_detail"])
            and not without_customers,
        )
        frame = Frame(PAGES, origin(published), drawing_script())
        written = {page.file_name: frame.page(page, _content(published, page)) for page in PAGES}
    return _replace_pages(settings.report_dir, written)


def _content(published: Published, page: Page) -> list[Html]:
    sections = [exhibit_section(published, exhibit) for exhibit in page.exhibits]
    if page is OVERVIEW:
        # on the first screen the reason comes before the figures
        why, *others = sections
        return [*first_screen(published, why), cards(published, page.metrics), *others]
    return [cards(published, page.metrics), *sections]


def _replace_pages(folder: Path, written: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in written.items():
        draft = folder / f".{name}.part"
        draft.write_text(page, "utf-8")
        draft.replace(folder / name)
    for leftover in folder.glob("*.html"):
        if leftover.name not in written:
            leftover.unlink()
    return folder / OVERVIEW.file_name
