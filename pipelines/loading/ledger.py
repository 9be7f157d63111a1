"""The ledger of files, `ops.load_files`: what was delivered and where its rows went.

For every file, rows read = loaded + quarantined + duplicate. A file that was refused whole counts
as one row, in quarantine without a line. `loaded_at` is null until duplicates are settled.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.loading.transactions import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb

    from pipelines.loading.arrivals import Arrival
    from pipelines.loading.deliveries import Delivery, LoadContext
    from pipelines.loading.fingerprints import Problem

LEDGER_SCHEMA = pl.Schema({
    "file_id": pl.Int32(), "feed": pl.String(), "path": pl.String(), "format": pl.String(),
    "bytes": pl.Int64(), "modified_at": pl.Datetime("us"), "sha256": pl.String(),
    "status": pl.String(),
    "rows_read": pl.Int64(), "rows_loaded": pl.Int64(), "rows_quarantined": pl.Int64(),
    "rows_duplicate": pl.Int64(), "unknown_columns": pl.String(), "rule": pl.String(),
    "reason": pl.String(), "remedy": pl.String(), "mapping": pl.String(), "run_id": pl.String(),
})  # fmt: skip
QUARANTINE_REFUSED = """
insert into quarantine.rows
select feed, file_id, null, rule, reason, remedy, null, ?
from refused_files
"""


@dataclass(frozen=True)
class Outcome:
    """What became of a file: its status, where its rows went, and a note for people."""

    status: str
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_duplicate: int = 0
    format: str | None = None
    unknown_columns: Sequence[str] = ()
    note: Problem | None = None


@dataclass(frozen=True)
class Entry:
    """One row of the ledger as it is first written."""

    file_id: int
    arrival: Arrival
    sha256: str
    run_id: str
    outcome: Outcome


def refused(problem: Problem) -> Outcome:
    """The outcome of a file refused whole: it counts as one row in quarantine."""
    return Outcome("rejected", rows_read=1, rows_quarantined=1, note=problem)


def write_entries(connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry]) -> None:
    """Append rows to the ledger, within the caller's transaction."""
    connection.register("new_entries", _frame(entries))
    connection.execute("insert into ops.load_files by name select * from new_entries")
    connection.unregister("new_entries")


def entry_of(delivery: Delivery, outcome: Outcome, context: LoadContext) -> Entry:
    """The row of a delivered file that this load has dealt with."""
    return Entry(delivery.file_id, delivery.arrival, delivery.sha256, context.run_id, outcome)


def write_refused(
    connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry], when: datetime
) -> None:
    """Append files that were refused whole: a ledger row and a quarantine row without a line."""
    if not entries:
        return
    with transaction(connection):
        write_entries(connection, entries)
        connection.register("refused_files", _frame(entries))
        connection.execute(QUARANTINE_REFUSED, [when])
        connection.unregister("refused_files")


def next_file_id(connection: duckdb.DuckDBPyConnection) -> int:
    """The first id that no file has."""
    query = "select coalesce(max(file_id), 0) + 1 from ops.load_files"
    return int(connection.execute(query).fetchall()[0][0])


def _frame(entries: Sequence[Entry]) -> pl.DataFrame:
    return pl.DataFrame([_row(entry) for entry in entries], schema=LEDGER_SCHEMA)


def _row(entry: Entry) -> dict[str, object]:
    outcome = asdict(entry.outcome)
    note = outcome.pop("note") or {"rule": None, "reason": None, "remedy": None}
    unknown = ", ".join(outcome.pop("unknown_columns")) or None
    return {
        "file_id": entry.file_id,
        "feed": entry.arrival.feed,
        "path": entry.arrival.path,
        "bytes": entry.arrival.size,
        "modified_at": entry.arrival.modified_at.replace(tzinfo=None),
        "sha256": entry.sha256,
        "mapping": entry.arrival.mapping,
        "run_id": entry.run_id,
        "unknown_columns": unknown,
        **outcome,
        **note,
    }
