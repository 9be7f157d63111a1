"""Writes the build's tables into the draft of a publication: the facts first, then all others.

The draft is attached to the build's own connection, so that both keep to one limit of memory and
the facts can be written while marts are built.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.errors import RunFailedError
from pipelines.fault_points import reached
from pipelines.loading.transactions import transaction
from pipelines.publishing.carrying import CARRIED, can_carry, carry, is_whole
from pipelines.publishing.comments import read_descriptions
from pipelines.publishing.draft import remove_draft
from pipelines.publishing.memory import report_values
from pipelines.run_log import end_run
from pipelines.settings import Settings
from pipelines.sources.quoting import identifier, literal
from pipelines.warehouse import BUILD, PUBLISHED_STORAGE_VERSION

FACTS = ("facts",)
OTHERS = ("marts", "ops")
# what the pipeline needs for itself is nobody else's business
PRIVATE_TABLES = frozenset(
    {
        ("ops", "pending_days"),
        ("ops", "current_run"),
        ("ops", "posted_alerts"),
        ("ops", "pseudonym_key"),
    }
)
# Tables of the draft that have the columns the build's have.
ALIKE = f"""
with

columns_there as (
    select
        database_name, schema_name, table_name,
        list((column_name, data_type) order by column_index) as columns
    from duckdb_columns()
    where database_name in (current_database(), '{BUILD}')
    group by all
)

select schema_name, table_name
from columns_there as ours
inner join columns_there as theirs using (schema_name, table_name, columns)
where ours.database_name = current_database() and theirs.database_name = '{BUILD}'
"""
SAID = """
select schema_name, table_name, '', comment
from duckdb_tables()
where database_name = current_database()
union all
select schema_name, table_name, column_name, comment
from duckdb_columns()
where database_name = current_database()
"""
Table = tuple[str, str]


def write_facts(connection: duckdb.DuckDBPyConnection, draft: Path, settings: Settings) -> None:
    """Write the build's facts into the draft, a copy of the file published before or no file yet.

    Errors: RunFailedError when a table has no description, or the days carried over are not those
    of the build; duckdb.Error.
    """
    carries = _goes_on(connection, draft)
    if not carries:
        remove_draft(settings.published_file)
    with _attached(connection, draft):
        for schema in (*FACTS, *OTHERS):
            connection.execute(f"create schema if not exists {identifier(schema)}")
        tables = _tables(connection, FACTS)
        _copy(connection, [table for table in tables if table != CARRIED or not carries])
        if carries:
            carry(connection)
        _describe(connection, tables, settings)
        if carries and not is_whole(connection):
            raise RunFailedError(
                "what is carried over from the file published before is what the build holds",
                ".".join(CARRIED),
                "run `unitecon run --full-refresh`, which copies everything, and report a defect",
            )


def write_others(
    connection: duckdb.DuckDBPyConnection, draft: Path, settings: Settings, run_id: str
) -> dict[str, int]:
    """Write all that is not facts into the draft and sign it; the rows of every table in it.

    Errors: as `write_facts`.
    """
    with _attached(connection, draft):
        others, facts = _tables(connection, OTHERS), _tables(connection, FACTS)
        _drop_all_but(connection, [*others, *facts])
        _copy(connection, others)
        _describe(connection, others, settings)
        _sign(connection, settings, run_id, others)
        return counted(connection, [identifier(*table) for table in (*facts, *others)])


def counted(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, int]:
    """The rows of each table, in one question."""
    counts = (f"select {literal(table)}, count(*) from {table}" for table in tables)
    return dict(connection.execute(" union all ".join(counts)).fetchall())


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, draft: Path) -> Iterator[None]:
    """A block of one transaction in which names without a database are the draft's.

    One transaction, because each of a thousand comments would wait for the disk.
    """
    storage = f"storage_version {literal(PUBLISHED_STORAGE_VERSION)}"
    connection.execute(f"attach {literal(str(draft))} as draft ({storage})")
    try:
        connection.execute("use draft")
        with transaction(connection):
            yield
        connection.execute("checkpoint draft")
    finally:
        connection.execute(f"use {BUILD}")
        connection.execute("detach draft")


def _goes_on(connection: duckdb.DuckDBPyConnection, draft: Path) -> bool:
    """Whether the draft goes on from the file before."""
    if not draft.is_file():
        return False
    try:
        with _attached(connection, draft):
            return can_carry(connection)
    except duckdb.Error:
        # a damaged published file is about to be replaced; nothing of it is carried over
        return False


def _copy(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> None:
    """Every row of these tables; a table that is there with these columns keeps its comments."""
    alike = {*connection.execute(ALIKE).fetchall()}
    for table in tables:
        target = identifier(*table)
        if table in alike:
            connection.execute(f"truncate {target}")
            connection.execute(f"insert into {target} select * from {BUILD}.{target}")
        else:
            connection.execute(
                f"create or replace table {target} as select * from {BUILD}.{target}"
            )
        reached(f"publish: copied {'.'.join(table)}")


def _tables(connection: duckdb.DuckDBPyConnection, schemas: Iterable[str]) -> list[Table]:
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ?"
        " and schema_name in (select unnest(?)) order by schema_name, table_name",
        [BUILD, [*schemas]],
    ).fetchall()
    return [(schema, table) for schema, table in rows if (schema, table) not in PRIVATE_TABLES]


def _drop_all_but(connection: duckdb.DuckDBPyConnection, tables: list[Table]) -> None:
    found = connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = current_database()"
    ).fetchall()
    for schema, table in {*found} - {*tables}:
        connection.execute(f"drop table {identifier(schema, table)}")


def _sign(
    connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str, tables: list[Table]
) -> None:
    """Note in the draft what is true once it is published."""
    rate = settings.assumptions.get("pipeline_usd_per_hour")
    end_run(connection, run_id, status="published", exit_code=0, message="", usd_per_hour=rate)
    if {("marts", "scorecard"), ("ops", "reported_values")} <= set(tables):
        report_values(connection, run_id)


def _describe(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[Table], settings: Settings
) -> None:
    """Write what is known of the tables and their columns into them, where it is not there yet."""
    descriptions = read_descriptions(settings.logs_dir / "dbt" / "manifest.json")
    said = {(*name, column): text for *name, column, text in connection.execute(SAID).fetchall()}
    for schema, table in tables:
        description = descriptions.get((schema, table))
        if description is None:
            raise RunFailedError(
                "every published table is described",
                f"{schema}.{table}",
                "describe the table and its columns in its .yml beside the model",
            )
        target = identifier(schema, table)
        if said.get((schema, table, "")) != description.table:
            connection.execute(f"comment on table {target} is {literal(description.table)}")
        for column, text in description.columns.items():
            if said.get((schema, table, column)) != text:
                connection.execute(
                    f"comment on column {target}.{identifier(column)} is {literal(text)}"
                )
