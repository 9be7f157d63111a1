"""All or nothing: the one way the loader writes."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A block of statements of which either all are kept or none."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        # A broken connection cannot roll back; what broke it is the error worth seeing.
        with suppress(duckdb.Error):
            connection.execute("rollback")
        raise
    connection.execute("commit")
