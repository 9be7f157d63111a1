"""FOCUS 1.0 to 1.4 bills from any cloud, read as one superset of columns.

Real files write the text NULL, carry a byte order mark, order their columns freely, spell a name in
another case, and hold times as ISO 8601 or, after a spreadsheet, as month/day/year.

Source: FinOps Open Cost and Usage Specification, datasets "Cost and Usage", versions 1.0 to 1.4.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.sources import canonical
from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.quoting import identifier

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

SPREADSHEET_TIMES = "['%m/%d/%y', '%m/%d/%Y', '%m/%d/%y %H:%M', '%m/%d/%Y %H:%M']"


def reading(sample: Sample, feed: Feed) -> Reading:
    """As the canonical reading, but for times written in either of the two ways."""
    plain = canonical.reading(sample, feed)
    times = {
        column.name: SourceColumn(plain.columns[column.name].path)
        for column in feed.columns
        if column.data_type == "timestamp"
        and column.name in plain.columns
        and not _holds_times(sample, plain.columns[column.name].path)
    }
    return replace(
        plain,
        columns={**plain.columns, **times},
        select={**plain.select, **{name: _time(name) for name in times}},
    )


def _holds_times(sample: Sample, path: str) -> bool:
    return sample.columns.get(path, "").upper().startswith(("TIMESTAMP", "DATE"))


def _time(name: str) -> str:
    text = identifier(name)
    return (
        f"case when contains({text}, '/')"
        f" then timezone('UTC', strptime({text}, {SPREADSHEET_TIMES}))"
        f" else cast({text} as timestamptz) end"
    )


FORMAT = Format(
    name="focus",
    feeds=("gpu_billing",),
    marks="FOCUS columns such as BilledCost, ChargePeriodStart and BillingCurrency",
    recognise=canonical.recognise,
    reading=reading,
)
