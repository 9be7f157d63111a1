"""Many files of one shape by one statement, strictly: anything unusual fails the whole of it.

Speed comes from here. Whoever calls this falls back to fewer files, and at last to reading them
record by record.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.fault_points import reached
from pipelines.loading.arrivals import demand_unchanged
from pipelines.loading.ledger import Entry, Outcome, entry_of, write_entries
from pipelines.loading.projection import (
    all_hold,
    column_checks,
    expression_sql,
    row_checks,
    value_sql,
)
from pipelines.loading.readers import reader_parameters, source_sql
from pipelines.loading.tables import columns_sql, document_sql, raw_table
from pipelines.loading.transactions import transaction
from pipelines.sources.quoting import identifier

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import duckdb

    from pipelines.loading.deliveries import Delivery, LoadContext
    from pipelines.sources.format import Reading

STATEMENT = """
insert into {table} ({columns}, _file_id, _line, _key_hash)
with

source as ({source}),

items as ({items}),

derived as (select {derived} from items),

chosen as (select {chosen}, _file_index, _line from derived),

typed as (select {typed}, {column_checks} as _is_sound, _file_index, _line from chosen)

select
    {columns},
    case
        when _is_sound and {row_checks}
            then list_extract(cast($file_ids as integer[]), cast(_file_index + 1 as bigint))
        else error('a row breaks a rule')
    end,
    _line,
    hash({key})
from typed
"""
COUNTS = """
select _file_id, count(*)
from {table}
where _file_id between ? and ?
group by _file_id
"""


def load_chunk(
    connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], context: LoadContext
) -> None:
    """Insert all rows of all files and their ledger rows in one transaction.

    Errors: duckdb.Error or BrokenCompressionError when any value, row or file is not as it should
    be, FileChangedError when a file changed meanwhile; in all cases nothing was kept.
    """
    with transaction(connection):
        _insert(connection, chunk, context.latest_day)
        reached("load: in transaction")
        demand_unchanged(delivery.arrival for delivery in chunk)
        _write_ledger(connection, chunk, context)


def _insert(
    connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], latest_day: date
) -> None:
    first = chunk[0]
    if first.is_surveyed:
        paths = [delivery.literal_path for delivery in chunk]
        connection.execute(_statement(first, latest_day), _parameters(chunk, paths))
        return
    # imported here: its library takes a tenth of a second, and only large files need it
    from pipelines.loading.inflating import inflated  # noqa: PLC0415 - as the comment above

    read = replace(first, sample=replace(first.sample, compression="none"))
    with inflated(connection, [delivery.arrival.location for delivery in chunk]) as names:
        connection.execute(_statement(read, latest_day), _parameters(chunk, names))


def _statement(delivery: Delivery, latest_day: date) -> str:
    feed, reading = delivery.feed, delivery.recognised.reading
    checks = [check for column in feed.columns for check in column_checks(column, reading)]
    derived = [f"{sql} as {identifier(name)}" for name, sql in reading.derived.items()]
    return STATEMENT.format(
        table=raw_table(feed),
        columns=columns_sql(feed),
        source=source_sql(delivery.sample, reading, numbered=not feed.bulk or reading.needs_lines),
        items=_items_sql(reading),
        derived=", ".join(["*", *derived]),
        chosen=", ".join(
            f"{expression_sql(column, reading)} as {identifier(column.name)}"
            for column in feed.columns
        ),
        typed=", ".join(
            f"{value_sql(column)} as {identifier(column.name)}" for column in feed.columns
        ),
        column_checks=all_hold(checks),
        row_checks=all_hold(row_checks(feed, latest_day)),
        key=document_sql(feed),
    )


def _items_sql(reading: Reading) -> str:
    rows = f"source where {reading.where}" if reading.where else "source"
    if reading.unnest is None:
        return f"select * from {rows}"
    return f"select unnest({reading.unnest}) as item, _file_index, _line from {rows}"


def _parameters(chunk: Sequence[Delivery], paths: Sequence[str]) -> dict[str, object]:
    first = chunk[0]
    return {
        **reader_parameters(first.sample, first.recognised.reading),
        "paths": paths,
        "file_ids": [delivery.file_id for delivery in chunk],
    }


def _write_ledger(
    connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], context: LoadContext
) -> None:
    ids = [delivery.file_id for delivery in chunk]
    counting = COUNTS.format(table=raw_table(chunk[0].feed))
    counts = dict(connection.execute(counting, [min(ids), max(ids)]).fetchall())
    entries = [_entry(each, counts.get(each.file_id, 0), context) for each in chunk]
    write_entries(connection, entries)


def _entry(delivery: Delivery, rows: int, context: LoadContext) -> Entry:
    outcome = Outcome(
        "loaded" if rows else "empty",
        rows_read=rows,
        rows_loaded=rows,
        format=delivery.recognised.format.name,
        unknown_columns=delivery.recognised.reading.unknown,
    )
    return entry_of(delivery, outcome, context)
