"""Toggl Track's detailed report: one row per entry, at what the hour costs, not what it bills.

Toggl's Amount is what the time bills, and its own export has no cost: add a column `Hourly cost`,
with the currency in brackets or in a column `Currency`; `Labor cost` and `Cost`, as Toggl calls the
cost of a member's hour, are read too. A file without such a column is set aside, and so is an entry
without a rate, or with zero. An amount's currency is used where the cost names none. What the work
was is read from task and tags, see `worklogs`. Names and descriptions are hashed into the entry's
id and go no further.

Source: Toggl Track Knowledge Base, "Detailed report", "Adding and managing labor costs".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.quoting import identifier, literal
from pipelines.sources.worklogs import activity_sql, entry_id_sql, model_sql

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

MARKS = ("Project", "Description", "Start date", "Start time", "Duration")
TEXTS = ("Project", "Task", "Start date", "Start time", "Duration", "Tags", "Currency")
PRIVATE = ("User", "Email", "Client", "Description")
IDENTITY = (
    "User", "Email", "Start date", "Start time", "Client", "Project", "Task", "Description",
)  # fmt: skip
RATE = re.compile(r"(?:Hourly cost|Labor cost|Cost)(?: \(([A-Z]{3})?\))?", re.IGNORECASE)
AMOUNT = re.compile(r"Amount \(([A-Z]{3})\)", re.IGNORECASE)
CLOCK = literal(r"\d+:[0-5]\d:[0-5]\d")
SECONDS = " + ".join(
    f"{weight} * cast(split_part(\"Duration\", ':', {place}) as bigint)"
    for place, weight in ((1, 3600), (2, 60), (3, 1))
)
# Where the workspace shows durations as decimals, they are hours already.
HOURS = (
    f'case when regexp_full_match("Duration", {CLOCK})'
    f' then cast(({SECONDS}) / 3600 as decimal(18, 6)) else cast("Duration" as decimal(18, 6)) end'
)
SELECT = {
    "entry_id": entry_id_sql("toggl", IDENTITY),
    "model": model_sql(("Task", "Tags")),
    "worked_on": 'cast("Start date" as timestamptz)',
    "activity": activity_sql(("Task", "Tags")),
    "hours": HOURS,
}


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for a table of entries with Toggl's columns."""
    return sample.container == "csv" and sample.has(*MARKS)


def reading(sample: Sample, _feed: Feed) -> Reading:
    """The columns of every report, and those that this one gives the cost and its currency in."""
    rate = next((name for name in sample.columns if RATE.fullmatch(name)), None)
    currency = _currency_in_header(sample, rate)
    columns = {
        **{name: SourceColumn(name) for name in TEXTS},
        **{name: SourceColumn(name, is_private=True) for name in PRIVATE},
        **({rate: SourceColumn(rate)} if rate else {}),
    }
    cost = f"nullif(cast({identifier(rate)} as decimal(38, 12)), 0)" if rate else "null"
    has_currency = currency is not None or sample.has("Currency")
    return Reading(
        columns=columns,
        select={
            **SELECT,
            "hourly_cost": cost,
            "currency": literal(currency) if currency else identifier("Currency"),
        },
        missing=(*(() if rate else ("Hourly cost",)), *(() if has_currency else ("Currency",))),
    )


def _currency_in_header(sample: Sample, rate: str | None) -> str | None:
    """The currency of the cost; of the amount, where neither header nor column names that."""
    named = RATE.fullmatch(rate or "")
    if named and named[1]:
        return named[1].upper()
    if sample.has("Currency"):
        return None
    amounts = (AMOUNT.fullmatch(name) for name in sample.columns)
    return next((amount[1].upper() for amount in amounts if amount), None)


FORMAT = Format(
    name="toggl_time",
    feeds=("maintenance_work",),
    marks="CSV with the columns Project, Description, Start date, Start time and Duration",
    recognise=recognise,
    reading=reading,
    private=True,
)
