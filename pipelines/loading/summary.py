"""What one load did, told from the ledger."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from pipelines.loading.arrivals import FileMessage

if TYPE_CHECKING:
    import duckdb

SUMMARY = """
select
    count(*),
    count(*) filter (where status = 'loaded'),
    count(*) filter (where status = 'identical'),
    count(*) filter (where status = 'rejected'),
    count(*) filter (where status = 'empty'),
    coalesce(sum(rows_read), 0),
    coalesce(sum(rows_loaded), 0),
    coalesce(sum(rows_quarantined), 0),
    coalesce(sum(rows_duplicate), 0)
from ops.load_files
where run_id = ?
"""
NOTES = """
select path, status, rule, reason, remedy
from ops.load_files
where run_id = $run and rule is not null
union all
select
    path,
    status,
    'declared_columns',
    'columns kept out because no format names them: ' || unknown_columns,
    'nothing to do unless they are needed'
from ops.load_files
where run_id = $run and unknown_columns is not null
order by all
"""


@dataclass(frozen=True)
class LoadSummary:
    """What one load did: files of this run by outcome, where their rows went, and what to know.

    Rows read = loaded + quarantined + duplicate. A load that found nothing new is all zeros.
    """

    files_read: int
    files_loaded: int
    files_identical: int
    files_rejected: int
    files_empty: int
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    rows_duplicate: int
    messages: tuple[FileMessage, ...]


def summary_of(
    connection: duckdb.DuckDBPyConnection, run_id: str, messages: tuple[FileMessage, ...]
) -> LoadSummary:
    """The summary of a run: the counts of its ledger rows, then all that is worth a message."""
    counts = connection.execute(SUMMARY, [run_id]).fetchall()[0]
    notes = connection.execute(NOTES, {"run": run_id}).fetchall()
    names = [entry.name for entry in fields(LoadSummary) if entry.name != "messages"]
    return LoadSummary(
        **dict(zip(names, map(int, counts), strict=True)),
        messages=(*messages, *(FileMessage(*note) for note in notes)),
    )
