"""The tables the loader fills: raw and quarantine per feed, and the ledger of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.errors import RunFailedError
from pipelines.loading.transactions import transaction
from pipelines.sources.quoting import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import duckdb

    from pipelines.sources.feeds import Column, Feed

SCHEMAS = ("raw", "quarantine", "ops")
LEDGER = """
create table if not exists ops.load_files (
    file_id integer not null, feed varchar not null, path varchar not null, format varchar,
    bytes bigint not null, modified_at timestamp not null, sha256 varchar, status varchar not null,
    rows_read bigint not null, rows_loaded bigint not null, rows_quarantined bigint not null,
    rows_duplicate bigint not null, unknown_columns varchar,
    rule varchar, reason varchar, remedy varchar, mapping varchar, run_id varchar not null,
    loaded_at timestamp
);
alter table ops.load_files add column if not exists mapping varchar;
create table if not exists ops.pending_days (feed varchar not null, event_date date not null);
create table if not exists quarantine.rows (
    feed varchar not null, file_id integer not null, line bigint, rule varchar not null,
    reason varchar not null, remedy varchar not null, content varchar,
    quarantined_at timestamp not null
);
"""
KEPT_WITH_THE_ROWS = (
    "ops.load_files",
    "ops.pending_days",
    "ops.schema_changes",
    "ops.pseudonym_key",
)
# Looking for repetitions in random ids takes a tenth of a load, and finds few.
AS_IT_IS = " using compression uncompressed"
KEPT_COLUMNS = "_kept_file_id integer, _duplicate_reason varchar"


def raw_table(feed: Feed) -> str:
    """The table of the feed's rows, one per key: the newest delivery of it."""
    return identifier("raw", feed.name)


def duplicates_table(feed: Feed) -> str:
    """The table of rows that gave way to another delivery of their key or file."""
    return identifier("quarantine", f"{feed.name}_duplicates")


def names_sql(names: Iterable[str]) -> str:
    """Names of columns, quoted, in order."""
    return ", ".join(identifier(name) for name in names)


def columns_sql(feed: Feed) -> str:
    """The declared columns of a feed, quoted, in order."""
    return names_sql(column.name for column in feed.columns)


def key_sql(feed: Feed) -> str:
    """The key columns of a feed, quoted."""
    return names_sql(feed.key)


def document_sql(feed: Feed) -> str:
    """The columns a newer delivery is told by, quoted: the key, or the document it is part of."""
    return names_sql(feed.document)


def create_schemas(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas the loader writes to, where they are missing."""
    for schema in SCHEMAS:
        connection.execute(f"create schema if not exists {schema}")


def create_tables(connection: duckdb.DuckDBPyConnection, feeds: Iterable[Feed]) -> None:
    """Create what is missing; columns newly declared are added to tables that exist.

    Errors: RunFailedError when a declared column exists with another type.
    """
    with transaction(connection):
        create_schemas(connection)
        connection.execute(LEDGER)
        existing = _existing_types(connection)
        for feed in feeds:
            declared = _declared(feed)
            if feed.name not in existing:
                duplicates = f"{declared}, {KEPT_COLUMNS}"
                connection.execute(f"create table {raw_table(feed)} ({declared})")
                connection.execute(f"create table {duplicates_table(feed)} ({duplicates})")
            else:
                _add_new_columns(connection, feed, existing[feed.name])


def drop_tables(connection: duckdb.DuckDBPyConnection, feeds: Iterable[Feed]) -> None:
    """Forget every file and row, so that the next load reads the whole landing anew."""
    for feed in feeds:
        connection.execute(f"drop table if exists {raw_table(feed)}")
        connection.execute(f"drop table if exists {duplicates_table(feed)}")
    for table in (*KEPT_WITH_THE_ROWS, "quarantine.rows"):
        connection.execute(f"drop table if exists {table}")


def _declared(feed: Feed) -> str:
    columns = [_column(column) for column in feed.columns]
    return ", ".join([*columns, "_file_id integer not null", "_line bigint", "_key_hash ubigint"])


def _column(column: Column) -> str:
    name = f"{identifier(column.name)} {column.data_type}"
    storage = AS_IT_IS if column.random else ""
    return f"{name}{storage}{' not null' if column.required else ''}"


def _add_new_columns(
    connection: duckdb.DuckDBPyConnection, feed: Feed, existing: Mapping[str, str]
) -> None:
    for column in feed.columns:
        found = existing.get(column.name.casefold())
        if found is None:
            for table in (raw_table(feed), duplicates_table(feed)):
                name = identifier(column.name)
                connection.execute(f"alter table {table} add column {name} {column.data_type}")
        elif found != column.data_type.casefold():
            raise RunFailedError(
                "a column keeps its type from run to run",
                f"{feed.name}.{column.name}: was {found}, is declared {column.data_type}",
                "run once with --full-refresh, which loads the whole landing anew",
            )


def _existing_types(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Types by table and column of what stands in the raw schema."""
    rows = connection.execute(
        "select table_name, lower(column_name), lower(data_type) from duckdb_columns()"
        " where schema_name = 'raw' and database_name = current_database()"
    ).fetchall()
    types: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        types.setdefault(table, {})[column] = data_type
    return types
