"""The canonical format: a feed's own columns, as CSV, JSON lines or Parquet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.quoting import identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.sources.feeds import Column, Feed

TABULAR = ("csv", "jsonl", "parquet")
EXACT_NUMBER = re.compile(r"^(DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT)", re.IGNORECASE)
TIMES = ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE")

# Counts are read as DOUBLE: a BIGINT would round 1.5 tokens to 2 without a word.
READ_AS = {
    "bigint": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "TIMESTAMPTZ",
    "double": "DOUBLE",
    "timestamp": "TIMESTAMPTZ",
}


def recognise(sample: Sample, feed: Feed) -> bool:
    """True for a table that has at least half of the columns the feed requires."""
    found = _names_in(sample)
    present = sum(_matched(name, found, sample) is not None for name in feed.required)
    return sample.container in TABULAR and present * 2 >= len(feed.required)


def reading(sample: Sample, feed: Feed) -> Reading:
    """Each declared column from the file's column of the same name.

    Names in CSV and Parquet match in any case, keys in JSON exactly. Money is read as text, or as
    the exact number that Parquet holds.
    """
    found = _names_in(sample)
    columns: dict[str, SourceColumn] = {}
    for column in feed.columns:
        path = _matched(column.name, found, sample)
        if path is None and sample.container == "jsonl":
            path = column.name
        if path is not None:
            columns[column.name] = SourceColumn(
                path, type_read(column, sample.columns.get(path, ""))
            )
    texts = {name for name, source in columns.items() if source.data_type == "VARCHAR"}
    paths = {source.path for source in columns.values()}
    return Reading(
        columns=columns,
        select={name: identifier(name) for name in columns},
        money_texts=frozenset(c.name for c in feed.columns if c.money and c.name in texts),
        missing=tuple(n for n in feed.required if _matched(n, found, sample) is None),
        unknown=tuple(name for name in sample.columns if name not in paths),
    )


def time_aware(column: Column) -> str:
    """The column's type, with a zone for times: what an expression yields before it is cast."""
    return "timestamptz" if column.data_type in {"date", "timestamp"} else column.data_type


def type_read(column: Column, file_type: str) -> str:
    """Exact numbers and times that Parquet holds stay as they are; a time without a zone is UTC."""
    is_number = column.data_type.startswith("decimal") or column.data_type == "bigint"
    is_time = column.data_type in {"date", "timestamp"}
    if (is_number and EXACT_NUMBER.match(file_type)) or (is_time and file_type in TIMES):
        return file_type
    return READ_AS.get(column.data_type, "VARCHAR")


def _names_in(sample: Sample) -> Mapping[str, str]:
    return {name.casefold(): name for name in sample.columns}


def _matched(name: str, found: Mapping[str, str], sample: Sample) -> str | None:
    if sample.container == "jsonl":
        return name if name in sample.columns else None
    return found.get(name.casefold())


FORMAT = Format(
    name="canonical",
    feeds=(),  # every feed but those whose declaration says otherwise
    marks="CSV, JSON lines or Parquet with the feed's own column names",
    recognise=recognise,
    reading=reading,
)
