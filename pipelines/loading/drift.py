"""Columns that come and go: what a format's files had so far against what this one has.

A column is told apart from a renamed one by nobody: both changes are reported, once, and what to do
is said. Optional keys of JSON lines come and go as they please, so only new ones are news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.loading.arrivals import FileMessage

if TYPE_CHECKING:
    import duckdb

    from pipelines.loading.deliveries import Delivery

WITH_HEADER = ("csv", "parquet")
TABLE = """
create table if not exists ops.schema_changes (
    feed varchar not null, format varchar not null, column_name varchar not null,
    change varchar not null, path varchar not null, run_id varchar not null
)
"""
KNOWN = """
select feed, format, column_name, arg_max(change, rowid)
from ops.schema_changes
group by all
"""
SCHEMA = ("feed", "format", "column_name", "change", "path", "run_id")
RENAMED = (
    "if a column was renamed, say so in a mapping beside the file; else there is nothing to do"
)
Change = tuple[str, str, str, str, str, str]


class Drift:
    """The columns of every feed and format as far as they are known, and what this load changed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
        """Read what is known so far."""
        connection.execute(TABLE)
        self._run_id = run_id
        self._changes: list[Change] = []
        self._known: dict[tuple[str, str], dict[str, str]] = {}
        for feed, name, column, change in connection.execute(KNOWN).fetchall():
            self._known.setdefault((feed, name), {})[column] = change

    def look_at(self, delivery: Delivery) -> FileMessage | None:
        """Compare a file with those before it; the first file of a format is no change."""
        key = (delivery.feed.name, delivery.recognised.format.name)
        names = delivery.sample.columns
        known = self._known.get(key)
        added = [name for name in names if (known or {}).get(name) != "added"]
        removed = [
            name
            for name, change in (known or {}).items()
            if change == "added" and name not in names and delivery.sample.container in WITH_HEADER
        ]
        self._note(key, delivery.arrival.path, added, "added")
        self._note(key, delivery.arrival.path, removed, "removed")
        if known is None or not (added or removed):
            return None
        return _message(delivery.arrival.path, added, removed)

    def write(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Keep what changed, so that it is told once."""
        if not self._changes:
            return
        frame = pl.DataFrame(self._changes, schema=SCHEMA, orient="row")
        connection.register("schema_changes_now", frame)
        connection.execute("insert into ops.schema_changes select * from schema_changes_now")
        connection.unregister("schema_changes_now")
        self._changes.clear()

    def _note(self, key: tuple[str, str], path: str, names: list[str], change: str) -> None:
        known = self._known.setdefault(key, {}) if names else {}
        for name in names:
            known[name] = change
            self._changes.append((*key, name, change, path, self._run_id))


def _message(path: str, added: list[str], removed: list[str]) -> FileMessage:
    parts = [
        f"{what}: {', '.join(names)}"
        for what, names in (("new columns", added), ("columns gone", sorted(removed)))
        if names
    ]
    return FileMessage(path, "loaded", "columns_as_before", "; ".join(parts), RENAMED)
