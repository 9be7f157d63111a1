"""Forgetting what was loaded, so that the whole landing is read anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.loading.tables import LEDGER, create_schemas, drop_tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb

    from pipelines.sources.feeds import Feed

SHOWN = 5


def forget_files(
    connection: duckdb.DuckDBPyConnection, landing: Path, feeds: Iterable[Feed]
) -> None:
    """Drop every raw, duplicate and quarantined row and the ledger of files.

    Errors: UsageError, before anything is dropped, when rows came from a file that the landing no
    longer holds: they could not be read again.
    """
    create_schemas(connection)
    connection.execute(LEDGER)
    paths = connection.execute(
        "select path from ops.load_files where rows_loaded > 0 order by path"
    ).fetchall()
    gone = [str(path) for (path,) in paths if not (landing / path).is_file()]
    if gone:
        rest = f" and {len(gone) - SHOWN} more" if len(gone) > SHOWN else ""
        raise UsageError(
            "a full refresh reads every file again, so that all of them stand in the landing",
            f"{landing}: {len(gone)} loaded files are gone: {', '.join(gone[:SHOWN])}{rest}",
            "put them back; or, to go on without their rows, move the build folder aside",
        )
    drop_tables(connection, feeds)
