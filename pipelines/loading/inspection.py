"""What a file would become, found out by loading it into a database that is thrown away."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.errors import UsageError
from pipelines.loading.arrivals import arrival_of
from pipelines.loading.changes import Changes
from pipelines.loading.deliveries import LoadContext
from pipelines.loading.fingerprints import Problem, take_fingerprint
from pipelines.loading.load import load_arrivals
from pipelines.loading.planning import Sources
from pipelines.loading.recognition import folder_of
from pipelines.loading.samples import sample_of
from pipelines.loading.tables import create_tables
from pipelines.sources.mapping_file import SUFFIX, read_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from pipelines.loading.mappings import Mappings
    from pipelines.sources.feeds import Feed

ROWS_SHOWN = 3
PROBLEMS_SHOWN = 20
RUN = "inspection"
PROBLEMS = """
select line, rule, reason, remedy
from quarantine.rows
order by line nulls first
limit ?
"""


@dataclass(frozen=True)
class Inspection:
    """One file's row of the ledger, its first rows as they would land, and its first problems."""

    entry: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    problems: list[tuple[Any, ...]]


def inspect_file(
    path: Path, feeds: Mapping[str, Feed], *, as_of: date, folder: str | None = None
) -> Inspection:
    """What loading the file alone would do; nothing outside a temporary folder is written.

    The folder it is tried for is `folder`, else the nearest folder above it that is named like a
    feed's, else that of a mapping beside it, else the first feed whose format fits. Errors:
    UsageError for a file that is not there, a broken mapping, or a file that fits no feed.
    """
    if not path.is_file():
        raise UsageError("inspect looks at one file", str(path), "name a file that exists")
    with tempfile.TemporaryDirectory() as scratch:
        connection = duckdb.connect(str(Path(scratch) / "inspection.duckdb"))
        with connection:
            connection.execute("set TimeZone = 'UTC'")
            create_tables(connection, feeds.values())
            place = (
                folder or _folder_above(path, feeds) or _folder_by_shape(connection, path, feeds)
            )
            _load_alone(connection, path, feeds, place, as_of)
            return _found(connection, path)


def _load_alone(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    feeds: Mapping[str, Feed],
    folder: str,
    as_of: date,
) -> None:
    arrival = arrival_of(folder, f"{folder}/{path.name}", path.resolve())
    now = datetime.now(UTC)
    context = LoadContext(RUN, now.replace(tzinfo=None), max(as_of, now.date()))
    mappings = _mapping_above(path, feeds, folder)
    sources = Sources(feeds, mappings)
    load_arrivals(connection, Changes([arrival]), sources, context, lambda *_: None)


def _folder_above(path: Path, feeds: Mapping[str, Feed]) -> str | None:
    folders = {feed.lands_in for feed in feeds.values()}
    above = (parent.name for parent in path.resolve().parents)
    beside = (mapping.name.removesuffix(SUFFIX) for mapping in path.parent.glob(f"*{SUFFIX}"))
    return next((name for name in (*above, *beside) if name in folders), None)


def _folder_by_shape(
    connection: duckdb.DuckDBPyConnection, path: Path, feeds: Mapping[str, Feed]
) -> str:
    sample = sample_of(connection, path, take_fingerprint(path))
    found = None if isinstance(sample, Problem) else folder_of(sample, feeds)
    if found is None:
        what = sample.reason if isinstance(sample, Problem) else f"a file of {sample.container}"
        raise UsageError(
            "a file is recognised by its shape, and this one fits no feed",
            f"{path}: {what}",
            "say which feed it is for with --feed, and see there what is expected",
        )
    return found


def _mapping_above(path: Path, feeds: Mapping[str, Feed], folder: str) -> Mappings:
    """The nearest mapping between the file and the folder of its feed, or beside the file."""
    candidates = [feed.name for feed in feeds.values() if feed.lands_in == folder]
    for parent in path.resolve().parents:
        for name in candidates:
            mapping = parent / f"{name}{SUFFIX}"
            if mapping.is_file():
                return {PurePosixPath(folder): read_mapping(mapping, mapping.name, feeds[name])}
        if parent.name == folder or folder not in parent.parts:
            break
    return {}


def _found(connection: duckdb.DuckDBPyConnection, path: Path) -> Inspection:
    cursor = connection.execute("select * from ops.load_files")
    names = [column[0] for column in cursor.description or []]
    rows = cursor.fetchall()
    if not rows:
        raise UsageError(
            "a file holds still while it is read", str(path), "inspect it again in a moment"
        )
    entry = dict(zip(names, rows[0], strict=True))
    landed = connection.execute(
        f'select * from raw."{entry["feed"]}" order by _line, rowid limit {ROWS_SHOWN}'
    )
    columns = tuple(column[0] for column in landed.description or [])
    return Inspection(
        entry=entry,
        columns=columns,
        rows=landed.fetchall(),
        problems=connection.execute(PROBLEMS, [PROBLEMS_SHOWN]).fetchall(),
    )
