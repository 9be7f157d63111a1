"""Campaign reports of Google Ads, Meta Ads and LinkedIn, broken down by day, as CSV.

The channel is the platform: google_ads, meta_ads or linkedin_ads, the words to use in customers
too. A row without a campaign, or one that says Total, adds up the others: it is no row of the feed
and counts nowhere. Lines of title above the header are passed over. Amounts are in the report's
currency, which stands in a column or in the header, with or without thousands separators; no amount
is none spent. A report that is not by day, or that a line of cannot be read, is set aside whole.

Source: Google Ads Help, "Download your reports"; Meta Business Help Center, "Export ad reports";
LinkedIn Marketing Solutions Help, "Download a campaign performance report".
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

from pipelines.sources import canonical
from pipelines.sources.ad_reports import BYTE_ORDER_MARK, Layout, find_layout
from pipelines.sources.format import DocumentRows, Format, Reading, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.sources.feeds import Feed

NOTHING = ("", "--")
TOTAL = re.compile(r"total(?::.*)?", re.IGNORECASE)
AMOUNT = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
# Month first, as LinkedIn writes it; the others write ISO, or the month in letters.
DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%b %d, %Y")
BY_DAY = "deliver the campaign report broken down by day, in English (US), with its currency"


class UnreadableError(Exception):
    """The report, or a line of it, is not as the platforms write it."""


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for CSV with a header of campaign and cost among its first lines."""
    text = sample.head.decode("utf-8", errors="replace")
    return sample.container == "csv" and find_layout(text) is not None


def reading(sample: Sample, feed: Feed) -> Reading:
    """The canonical reading: rows carry canonical columns as text."""
    names = dict.fromkeys((column.name for column in feed.columns), "")
    return canonical.reading(replace(sample, columns=names), feed)


def read_document(content: bytes) -> DocumentRows:
    """The spend of each day and campaign, or what is wrong with the first line that has none."""
    try:
        return DocumentRows(tuple(_rows(content.decode("utf-8").removeprefix(BYTE_ORDER_MARK))))
    except (UnreadableError, UnicodeDecodeError, csv.Error) as error:
        return DocumentRows((), ("report_by_day", str(error), BY_DAY))


def _rows(text: str) -> Iterator[dict[str, str]]:
    layout = find_layout(text)
    if layout is None or layout.day is None:
        raise UnreadableError("no header names a day, a campaign and a cost")
    below = "".join(text.splitlines(keepends=True)[layout.line :])
    records = csv.reader(StringIO(below, newline=""), delimiter=layout.delimiter)
    for values in records:
        if values and not _is_total(values, layout):
            try:
                yield _row(values, layout)
            except (UnreadableError, IndexError) as error:
                line = layout.line + records.line_num
                raise UnreadableError(f"line {line}: {error}") from error


def _is_total(values: Sequence[str], layout: Layout) -> bool:
    campaign = _cell(values, layout.campaign)
    words = (campaign, _cell(values, 0), _cell(values, layout.day))
    return campaign in NOTHING or any(TOTAL.fullmatch(word) for word in words)


def _row(values: Sequence[str], layout: Layout) -> dict[str, str]:
    day = _day(_cell(values, layout.day))
    if layout.last_day is not None and _day(_cell(values, layout.last_day)) != day:
        raise UnreadableError("it covers more than a day")
    currency = layout.header_currency or _cell(values, layout.currency)
    return {
        "spend_date": day,
        "channel": layout.channel,
        "campaign": _cell(values, layout.campaign),
        "amount": _amount(_cell(values, layout.cost)),
        "currency": currency.upper(),
    }


def _cell(values: Sequence[str], place: int | None) -> str:
    """The text of a cell; nothing where the report, or a short total row, has none."""
    return values[place].strip() if place is not None and place < len(values) else ""


def _day(text: str) -> str:
    for pattern in DAYS:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC).date().isoformat()
        except ValueError:
            continue
    raise UnreadableError(f"{text!r:.40} is no day")


def _amount(text: str) -> str:
    if text in NOTHING:
        return "0"
    if not AMOUNT.fullmatch(text):
        raise UnreadableError(f"{text!r:.40} is no amount")
    return text.replace(",", "")


FORMAT = Format(
    name="ad_platform",
    feeds=("acquisition_spend",),
    marks=(
        "CSV whose header, below any lines of title, names Campaign and Cost (Google Ads), Campaign"
        " name and Amount spent (Meta) or Campaign Name and Total Spent (LinkedIn)"
    ),
    recognise=recognise,
    reading=reading,
    read_document=read_document,
)
