"""Reading a chunk of files: at once if all is well, else record by record what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb

from pipelines.loading.arrivals import FileChangedError, FileMessage, changed_message, is_unchanged
from pipelines.loading.compression import BrokenCompressionError
from pipelines.loading.fast import load_chunk
from pipelines.loading.fingerprints import take_fingerprint
from pipelines.loading.ledger import entry_of, refused, write_refused
from pipelines.loading.slow import load_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.loading.deliveries import Delivery, LoadContext

# What is raised for data that cannot be read as declared; everything else is a failure of the run.
BAD_DATA = (
    BrokenCompressionError,
    OSError,
    duckdb.BinderException,
    duckdb.ConstraintException,
    duckdb.DataError,
    duckdb.InvalidInputException,
    duckdb.IOException,
)
SMALL_BYTES = 4 << 20


def read_chunk(
    connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], context: LoadContext
) -> list[FileMessage]:
    """Load a chunk at once; if that fails halve it, down to few files read record by record.

    What comes back are messages about files that changed and were left for the next run. Errors:
    duckdb.Error when no file is to blame.
    """
    documents = chunk[0].recognised.format.read_document is not None
    try:
        (load_records if documents else load_chunk)(connection, chunk, context)
    except FileChangedError:
        return _read_unchanged(connection, chunk, context)
    except BAD_DATA:
        if not all(is_unchanged(each.arrival) for each in chunk):
            return _read_unchanged(connection, chunk, context)
        if not chunk[0].is_surveyed:
            sound = _surveyed(connection, chunk, context)
            return read_chunk(connection, sound, context) if sound else []
        if not _is_small(chunk):
            half = len(chunk) // 2
            return [
                *read_chunk(connection, chunk[:half], context),
                *read_chunk(connection, chunk[half:], context),
            ]
        return _read_records(connection, chunk, context)
    return []


def _surveyed(
    connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], context: LoadContext
) -> list[Delivery]:
    """The files that are whole, to be read as files that were looked at; others are refused."""
    sound, broken = [], []
    for each in chunk:
        problem = take_fingerprint(each.arrival.location).problem
        if problem is None:
            sound.append(replace(each, is_surveyed=True))
        else:
            broken.append(entry_of(each, refused(problem), context))
    write_refused(connection, broken, context.started_at)
    return sound


def _is_small(chunk: Sequence[Delivery]) -> bool:
    """True where reading record by record costs less than searching for the files to blame."""
    size = sum(each.arrival.size for each in chunk)
    return len(chunk) == 1 or (size <= SMALL_BYTES and chunk[0].sample.container != "parquet")


def _read_records(
    connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], context: LoadContext
) -> list[FileMessage]:
    try:
        load_records(connection, chunk, context)
    except FileChangedError:
        return _read_unchanged(connection, chunk, context)
    return []


def _read_unchanged(
    connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], context: LoadContext
) -> list[FileMessage]:
    """Leave the files that changed for the next run and read the others."""
    steady = [each for each in chunk if is_unchanged(each.arrival)]
    left = [changed_message(each.arrival.path) for each in chunk if each not in steady]
    return left + (read_chunk(connection, steady, context) if steady else [])
