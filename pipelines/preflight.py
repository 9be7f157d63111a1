"""Before any work: whether there is room for what is to come."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.errors import RunFailedError
from pipelines.loading.arrivals import status_of, walk
from pipelines.loading.tables import LEDGER, create_schemas
from pipelines.settings import Settings

# The rows of a file stand in raw, in what is built from them, and for a while in both states.
ROOM_PER_INPUT = 3
MEBIBYTE = 1 << 20


def demand_room(settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
    """Errors: RunFailedError when the disk has less room than the night is going to need.

    Needed are three times the bytes of the files that the ledger does not know, and the published
    file once more, which is written anew beside the old one.
    """
    needed = ROOM_PER_INPUT * _new_bytes(settings.landing, connection)
    if settings.published_file.is_file():
        needed += settings.published_file.stat().st_size
    free = shutil.disk_usage(settings.home).free
    if free < needed:
        raise RunFailedError(
            f"a run begins with room for {ROOM_PER_INPUT} times its new files",
            f"{settings.home}: {free // MEBIBYTE:,} MiB free, {needed // MEBIBYTE:,} MiB needed",
            "make room, or deliver in smaller portions; nothing was read or changed",
        )


def _new_bytes(landing: Path, connection: duckdb.DuckDBPyConnection) -> int:
    create_schemas(connection)
    connection.execute(LEDGER)
    known = set(connection.execute("select path, bytes from ops.load_files").fetchall())
    return sum(size for path, size in _sizes(landing) if (path, size) not in known)


def _sizes(landing: Path) -> Iterator[tuple[str, int]]:
    for folder in landing.iterdir() if landing.is_dir() else ():
        if folder.is_dir():
            for path, entry in walk(folder, folder.name):
                if entry.is_file() and (status := status_of(entry)):
                    yield path, status.st_size
