"""The temporary table `delivered_records`: files as their records, before a column is looked at."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from pipelines.loading.compression import blocks_of, inflate
from pipelines.loading.records import Record, csv_records, json_document, json_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from pipelines.loading.deliveries import Delivery

BATCH = 10_000
SCHEMA = pl.Schema({
    "_file_id": pl.Int32(), "_line": pl.Int64(), "_text": pl.String(),
    "_values": pl.List(pl.String()),
    "_rule": pl.String(), "_reason": pl.String(), "_remedy": pl.String(),
})  # fmt: skip
TABLE = """
create or replace temp table delivered_records (
    _file_id integer, _line bigint, _text varchar, _values varchar[],
    _rule varchar, _reason varchar, _remedy varchar
)
"""


def write_records(connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery]) -> None:
    """Fill the table with every record of files of one shape: documents, CSV or JSON."""
    connection.execute(TABLE)
    for delivery in chunk:
        records = _records(delivery)
        while batch := list(islice(records, BATCH)):
            rows = [_row(delivery.file_id, record) for record in batch]
            connection.register("record_batch", pl.DataFrame(rows, schema=SCHEMA, orient="row"))
            connection.execute("insert into delivered_records select * from record_batch")
            connection.unregister("record_batch")


def _row(file_id: int, record: Record) -> tuple[object, ...]:
    problem = record.problem or (None, None, None)
    return (file_id, record.line, record.text, record.values, *problem)


def _records(delivery: Delivery) -> Iterator[Record]:
    sample, location = delivery.sample, delivery.arrival.location
    if delivery.recognised.format.read_document is not None:
        return _document_records(delivery)
    if sample.container == "jsonl":
        return json_records(location, sample.compression)
    if sample.container == "json":
        return iter([json_document(location, sample.compression)])
    return csv_records(location, sample)


def _document_records(delivery: Delivery) -> Iterator[Record]:
    """The rows of one document, all with its problem if it has one; without rows that alone."""
    read_document = delivery.recognised.format.read_document
    if read_document is None:
        return
    blocks = blocks_of(delivery.arrival.location)
    document = read_document(b"".join(inflate(blocks, delivery.sample.compression)))
    for number, row in enumerate(document.rows, 1):
        values = [row.get(column.name) or "" for column in delivery.feed.columns]
        yield Record(number, "", values, document.problem)
    if document.problem and not document.rows:
        yield Record(None, "", None, document.problem)
