"""Before any work: whether there is room for what is to come."""

import shutil

import duckdb

from pipelines.errors import RunFailedError
from pipelines.loading.listing import Listing
from pipelines.loading.tables import LEDGER, create_schemas
from pipelines.settings import Settings

# The rows of a file stand in raw, in what is built from them, and for a while in both states.
ROOM_PER_INPUT = 3
MEBIBYTE = 1 << 20
NEW_BYTES = """
select coalesce(sum(bytes), 0) from listed_files anti join ops.load_files using (path, bytes)
"""


def demand_room(
    settings: Settings, connection: duckdb.DuckDBPyConnection, listing: Listing
) -> None:
    """Errors: RunFailedError when the disk has less room than the night is going to need.

    Needed are three times the bytes of the files that the ledger does not know, and the published
    file once more, which is written anew beside the old one.
    """
    needed = ROOM_PER_INPUT * _new_bytes(connection, listing)
    if settings.published_file.is_file():
        needed += settings.published_file.stat().st_size
    free = shutil.disk_usage(settings.home).free
    if free < needed:
        raise RunFailedError(
            f"a run begins with room for {ROOM_PER_INPUT} times its new files",
            f"{settings.home}: {free // MEBIBYTE:,} MiB free, {needed // MEBIBYTE:,} MiB needed",
            "make room, or deliver in smaller portions; nothing was read or changed",
        )


def _new_bytes(connection: duckdb.DuckDBPyConnection, listing: Listing) -> int:
    create_schemas(connection)
    connection.execute(LEDGER)
    connection.register("listed_files", listing.files)
    [(new_bytes,)] = connection.execute(NEW_BYTES).fetchall()
    connection.unregister("listed_files")
    return int(new_bytes)
