"""The temporary table `delivered_text`: every record with its columns as text, or what is wrong.

It holds `_file_id`, `_line`, `_problem` (rule, reason, remedy; null while nothing is wrong),
`_content` (what quarantine may keep) and the reading's columns.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.loading.json_text import json_columns, json_problems
from pipelines.loading.readers import JSON, NULL_TEXTS
from pipelines.loading.record_tables import write_records
from pipelines.sources.quoting import identifier, literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from pipelines.loading.deliveries import Delivery

STATEMENT = """
create or replace temp table delivered_text as
select
    _file_id,
    _line,
    {problem} as _problem,
    coalesce(
        nullif(cast(json_merge_patch('{{}}', json_object({kept})) as varchar), '{{}}'), {otherwise}
    ) as _content,
    {columns}
from {records}
"""
NO_PROBLEM = "cast(null as struct(rule varchar, reason varchar, remedy varchar))"
RECORD_PROBLEM = "when _rule is not null then {'rule': _rule, 'reason': _reason, 'remedy': _remedy}"
WITHHELD = "'(' || length(_text) || ' characters withheld: they could be a user''s words)'"


def write_text(connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery]) -> None:
    """Fill the table with every record of files of one shape; Parquet files come one by one."""
    container = chunk[0].sample.container
    if container == "parquet":
        _write_parquet(connection, chunk[0])
        return
    write_records(connection, chunk)
    if chunk[0].recognised.format.read_document is not None:
        _write_listed(connection, chunk[0], [column.name for column in chunk[0].feed.columns])
    elif container in JSON:
        _write_json(connection, chunk[0])
    else:
        _write_listed(connection, chunk[0], list(chunk[0].sample.columns))


def _write_listed(
    connection: duckdb.DuckDBPyConnection, delivery: Delivery, names: Sequence[str]
) -> None:
    """Values that stand in the order of these names."""
    places = {name: place for place, name in enumerate(names, 1)}
    columns = {}
    for name, source in delivery.recognised.reading.columns.items():
        value = f"list_extract(_values, {places.get(source.path, 0)})"
        columns[name] = f"case when not list_contains({NULL_TEXTS}, {value}) then {value} end"
    problem = f"case {RECORD_PROBLEM} end"
    _write(connection, delivery, columns, problem=problem, records="delivered_records")


def _write_json(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    sources = delivery.recognised.reading.columns
    problem = f"case {RECORD_PROBLEM} {json_problems(sources)} end"
    columns = json_columns(sources)
    _write(connection, delivery, columns, problem=problem, records="delivered_records")


def _write_parquet(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    types = delivery.sample.columns
    columns = {
        name: _parquet_text(identifier(source.path), types[source.path])
        for name, source in delivery.recognised.reading.columns.items()
        if source.path in types
    }
    records = (
        f"(select {delivery.file_id} as _file_id, file_row_number + 1 as _line,"
        " cast(null as varchar) as _text, * from read_parquet($paths))"
    )
    parameters = {"paths": [delivery.literal_path]}
    _write(
        connection, delivery, columns, problem=NO_PROBLEM, records=records, parameters=parameters
    )


def _sources_of_persons(delivery: Delivery) -> set[str]:
    """The file's columns that a pseudonym is made of: quarantine must not keep what they say."""
    reading = delivery.recognised.reading
    used = " ".join(
        reading.select.get(column.name, "")
        for column in delivery.feed.columns
        if column.is_pseudonymised
    )
    for name, sql in reversed(list(reading.derived.items())):
        used += f" {sql}" if _names(used, name) else ""
    return {name for name in reading.columns if _names(used, name)}


def _names(sql: str, column: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", sql) is not None


def _parquet_text(column: str, file_type: str) -> str:
    """The value as text: JSON where it is nested, as text formats hold it."""
    is_nested = file_type.startswith(("MAP", "STRUCT")) or file_type.endswith("[]")
    return f"cast({f'cast({column} as json)' if is_nested else column} as varchar)"


def _write(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    columns: Mapping[str, str],
    *,
    problem: str,
    records: str,
    parameters: Mapping[str, object] | None = None,
) -> None:
    """Quarantine keeps the declared columns; of what has none, the beginning or just the length."""
    reading = delivery.recognised.reading
    of_persons = _sources_of_persons(delivery)
    # a record of many rows holds more than is declared
    kept = {
        name: sql
        for name, sql in columns.items()
        if not reading.unnest and not reading.columns[name].is_private and name not in of_persons
    }
    is_withheld = delivery.recognised.format.private or bool(of_persons)
    statement = STATEMENT.format(
        problem=problem,
        kept=", ".join(f"{literal(name)}, {sql}" for name, sql in kept.items()),
        otherwise=WITHHELD if is_withheld else "left(_text, 200)",
        columns=", ".join(
            f"{columns.get(name, 'cast(null as varchar)')} as {identifier(name)}"
            for name in reading.columns
        ),
        records=records,
    )
    connection.execute(statement, parameters or {})
