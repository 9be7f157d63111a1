"""Where the header of an advertising report stands, and which of its columns is which."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DELIMITERS = (",", ";", "\t")
# Reports carry a few lines of title, account and dates above their header.
LINES_ABOVE = 20
BYTE_ORDER_MARK = "\ufeff"

DAY = ("day", "date", "reporting starts", "start date (in utc)")
LAST_DAY = ("reporting ends", "end date (in utc)")
CAMPAIGN = ("campaign", "campaign name")
CURRENCY = ("currency code", "currency")
COST = {
    "google_ads": re.compile(r"cost"),
    "meta_ads": re.compile(r"amount spent(?: \((?P<currency>[a-z]{3})\))?"),
    "linkedin_ads": re.compile(r"total spent"),
}


@dataclass(frozen=True)
class Layout:
    """A report's header: the line it stands on, and the places of the columns that are read."""

    line: int
    delimiter: str
    channel: str
    campaign: int
    cost: int
    day: int | None
    last_day: int | None
    currency: int | None
    header_currency: str | None


def find_layout(text: str) -> Layout | None:
    """The layout of the report that begins with this text; None where it is no such report."""
    lines = text.removeprefix(BYTE_ORDER_MARK).splitlines()[:LINES_ABOVE]
    for delimiter in DELIMITERS:
        for line, row in enumerate(_rows(lines, delimiter), 1):
            if layout := _layout(line, delimiter, [name.strip().casefold() for name in row]):
                return layout
    return None


def _rows(lines: Iterable[str], delimiter: str) -> Iterable[list[str]]:
    # One line at a time: a quote left open in a title would swallow the header.
    for line in lines:
        try:
            yield next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            yield []


def _layout(line: int, delimiter: str, names: Sequence[str]) -> Layout | None:
    campaign = _place(names, CAMPAIGN)
    for channel, pattern in COST.items():
        for cost, name in enumerate(names):
            match = pattern.fullmatch(name)
            if match and campaign is not None:
                return Layout(
                    line=line,
                    delimiter=delimiter,
                    channel=channel,
                    campaign=campaign,
                    cost=cost,
                    day=_place(names, DAY),
                    last_day=_place(names, LAST_DAY),
                    currency=_place(names, CURRENCY),
                    header_currency=match.groupdict().get("currency"),
                )
    return None


def _place(names: Sequence[str], wanted: Iterable[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)
