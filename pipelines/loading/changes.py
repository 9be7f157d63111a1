"""What is new: files the ledger does not know, or knows with other content."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING

from pipelines.loading.arrivals import Arrival, FileMessage, changed_message, is_unchanged
from pipelines.loading.fingerprints import Fingerprint, glance_at
from pipelines.loading.mappings import mapping_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    import duckdb
    import polars as pl

    from pipelines.loading.mappings import Mappings

# A fingerprint keeps the file's beginning; no more of them wait in memory than this.
FILES_AHEAD = 32
# Compared in the database: a landing of years holds ten thousand files, a night adds thirty.
COMPARED = """
create or replace temp table compared_files as
with

newest_entries as (
    select * from ops.load_files
    qualify row_number() over (partition by path order by file_id desc) = 1
)

select
    path,
    newest_entries.sha256,
    newest_entries.status,
    newest_entries.feed,
    listed_files.bytes,
    listed_files.modified_at,
    split_part(path, '/', 1) as folder,
    listed_files.bytes is not null and (
        newest_entries.bytes is distinct from listed_files.bytes
        or newest_entries.modified_at is distinct from listed_files.modified_at
        or newest_entries.mapping is distinct from listed_files.mapping
        or path in (select unnest($again))
    ) as is_changed
from listed_files
full join newest_entries using (path)
"""
# A copy noted as identical to a file that now holds something else is to be read after all.
CHANGED = """
select folder, path, bytes, modified_at
from compared_files
where
    is_changed
    or (
        status = 'identical'
        and bytes is not null
        and not exists (
            select 1 from compared_files as living
            where
                living.status = 'loaded'
                and not living.is_changed
                and living.folder = compared_files.folder
                and living.sha256 = compared_files.sha256
        )
    )
order by modified_at, path
"""
LIVING = """
select folder, sha256, feed from compared_files where status = 'loaded' and not is_changed
"""


@dataclass(frozen=True)
class Changes:
    """Files to look at, oldest first, and the feeds of contents that stay accounted for.

    Contents are told by folder and SHA-256.
    """

    arrivals: Sequence[Arrival]
    living: dict[tuple[str, str], str] = field(default_factory=dict)


def find_changes(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    files: pl.DataFrame,
    *,
    mappings: Mappings,
    again: Collection[str],
) -> Changes:
    """What is new or has changed among these files of the landing.

    A file whose size and time are those of its newest ledger row is not opened again, unless its
    mapping came, went or changed since, or `again` names its path.
    """
    names = mapping_names(files["path"], mappings)
    connection.register("listed_files", files.with_columns(names))
    connection.execute(COMPARED, {"again": [*again]})
    connection.unregister("listed_files")
    changed = connection.execute(CHANGED).fetchall()
    living = connection.execute(LIVING).fetchall()
    connection.execute("drop table compared_files")
    return Changes(
        [
            Arrival(folder, path, landing / path, size, modified_at.replace(tzinfo=UTC))
            for folder, path, size, modified_at in changed
        ],
        {(folder, sha256): feed for folder, sha256, feed in living},
    )


def fingerprints_of(
    arrivals: Sequence[Arrival],
) -> Iterator[tuple[Arrival, Fingerprint | FileMessage]]:
    """The fingerprint of each file, or why it has none, in order."""
    # Hashing and unpacking release the interpreter, so threads share the work.
    with ThreadPoolExecutor() as pool:
        waiting: deque[tuple[Arrival, Future[Fingerprint | FileMessage]]] = deque()
        for arrival in arrivals:
            waiting.append((arrival, pool.submit(_fingerprint, arrival)))
            if len(waiting) > FILES_AHEAD:
                yield _oldest(waiting)
        while waiting:
            yield _oldest(waiting)


def _oldest(
    waiting: deque[tuple[Arrival, Future[Fingerprint | FileMessage]]],
) -> tuple[Arrival, Fingerprint | FileMessage]:
    arrival, future = waiting.popleft()
    return arrival, future.result()


def _fingerprint(arrival: Arrival) -> Fingerprint | FileMessage:
    try:
        fingerprint = glance_at(arrival.location)
    except OSError as error:
        return FileMessage(
            arrival.path,
            "left for the next run",
            "readable_file",
            f"it cannot be opened: {error.strerror}",
            "give the account that runs this the right to read it",
        )
    return fingerprint if is_unchanged(arrival) else changed_message(arrival.path)
