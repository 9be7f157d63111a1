"""Harvest's detailed time report: one row per entry, at what the hour costs, not what it bills.

The cost of an hour is the Cost Rate, which only administrators can export; an empty one, or zero,
is a rate that was never set, and the entry is set aside. Hours are those worked, not the rounded
ones. What the work was is read from the task, see `worklogs`. Harvest has no time of day: two
entries of a person that agree in project, task, notes and hours of one day are one. Names and notes
are hashed into the entry's id and go no further.

Source: Harvest Help Center, "Detailed time report", export as CSV.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.worklogs import activity_sql, entry_id_sql, model_sql

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

MARKS = ("Date", "Client", "Project", "Task", "Hours", "First Name", "Last Name")
NEEDED = ("Cost Rate", "Currency")
TEXTS = ("Project", "Project Code", "Task", "Hours", *NEEDED)
PRIVATE = ("Client", "First Name", "Last Name", "External Reference URL")
IDENTITY = (
    "Date", "First Name", "Last Name", "Client", "Project", "Project Code", "Task",
    "External Reference URL",
)  # fmt: skip
COLUMNS = {
    "Date": SourceColumn("Date"),
    **{name: SourceColumn(name) for name in TEXTS},
    **{name: SourceColumn(name, is_private=True) for name in PRIVATE},
}
SELECT = {
    "entry_id": entry_id_sql("harvest", IDENTITY),
    "model": model_sql(("Project Code", "Task")),
    "worked_on": 'cast("Date" as timestamptz)',
    "activity": activity_sql(("Task",)),
    # The code ends what stands there, as in `Euro - EUR`.
    "currency": "nullif(regexp_extract(\"Currency\", '([A-Z]{3})$', 1), '')",
    "hours": "cast(replace(\"Hours\", ',', '.') as decimal(18, 6))",
    "hourly_cost": 'nullif(cast("Cost Rate" as decimal(38, 12)), 0)',
}


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for a table of hours with Harvest's columns."""
    return sample.container == "csv" and sample.has(*MARKS)


def reading(sample: Sample, _feed: Feed) -> Reading:
    """The same for every file; one without costs lacks what the feed is for."""
    missing = tuple(name for name in NEEDED if not sample.has(name))
    return Reading(columns=COLUMNS, select=SELECT, missing=missing)


FORMAT = Format(
    name="harvest_time",
    feeds=("maintenance_work",),
    marks="CSV with the columns Date, Client, Project, Task, Hours, First Name and Last Name",
    recognise=recognise,
    reading=reading,
    private=True,
)
