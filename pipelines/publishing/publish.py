"""Publishes by building a fresh file beside the old one and replacing it in one step."""

import os
from collections.abc import Iterable
from pathlib import Path

import duckdb

from pipelines.errors import RunFailedError
from pipelines.fault_points import reached
from pipelines.publishing.carrying import CARRIED, can_carry, carry, is_whole
from pipelines.publishing.comments import Description, read_descriptions
from pipelines.publishing.draft import HeadStart, begin_draft, remove_draft
from pipelines.publishing.history import keep_version
from pipelines.publishing.memory import report_values
from pipelines.run_log import end_run
from pipelines.settings import Settings
from pipelines.warehouse import connect_reader, published_config

PUBLISHED_SCHEMAS = ("marts", "facts", "ops")
# what the pipeline needs for itself is nobody else's business
PRIVATE_TABLES = frozenset(
    {
        ("ops", "pending_days"),
        ("ops", "current_run"),
        ("ops", "posted_alerts"),
        ("ops", "pseudonym_key"),
    }
)


def publish(settings: Settings, run_id: str, start: HeadStart | None = None) -> int:
    """Replace the published file with the build's marts, facts and ops; returns rows published.

    The old file is untouched until the new one is complete, read back and on disk; a reader that
    has it open keeps its snapshot. With a head start, the copy it begins with may be made already.

    Errors: RunFailedError when the copy does not hold what the build holds.
    """
    target = settings.published_file
    target.parent.mkdir(parents=True, exist_ok=True)
    # a run that died between replacing and keeping left this undone
    keep_version(settings)
    try:
        draft = begin_draft(target, start)
        counts = _write_draft(settings, draft, run_id)
        reached("publish: draft written")
        _verify(draft, counts)
        _flush(draft)
        reached("publish: draft verified")
        draft.replace(target)
    except BaseException:
        # on a full disk the room is needed
        remove_draft(target)
        raise
    _flush(target.parent)
    reached("publish: file replaced")
    keep_version(settings, run_id)
    return sum(counts.values())


def _write_draft(settings: Settings, draft: Path, run_id: str) -> dict[str, int]:
    descriptions = read_descriptions(settings.logs_dir / "dbt" / "manifest.json")
    connection, carries = _opened(settings, draft)
    with connection:
        # one transaction: a thousand comments would each wait for the disk
        connection.begin()
        tables = _tables(connection)
        for schema in PUBLISHED_SCHEMAS:
            connection.execute(f"create schema if not exists {_name(schema)}")
        _drop_all_but(connection, tables)
        _copy(connection, tables, descriptions, carries=carries)
        _sign(connection, settings, run_id, tables)
        if carries:
            _demand_whole(connection)
        counts = _counted(
            connection, [f"{_name(schema)}.{_name(table)}" for schema, table in tables]
        )
        connection.commit()
        connection.execute("detach build")
        connection.execute("checkpoint")
    return counts


def _copy(
    connection: duckdb.DuckDBPyConnection,
    tables: list[tuple[str, str]],
    descriptions: dict[tuple[str, str], Description],
    *,
    carries: bool,
) -> None:
    """Every table of the build in the draft, described."""
    for schema, table in tables:
        target = f"{_name(schema)}.{_name(table)}"
        if carries and (schema, table) == CARRIED:
            carry(connection)
        else:
            connection.execute(f"create or replace table {target} as select * from build.{target}")
        reached(f"publish: copied {schema}.{table}")
        _describe(connection, schema, table, descriptions)


def _opened(settings: Settings, draft: Path) -> tuple[duckdb.DuckDBPyConnection, bool]:
    """The draft with the build beside it, and whether it goes on from the file before."""
    if draft.is_file():
        try:
            connection = _connected(settings, draft)
        except duckdb.Error:
            # a damaged published file is about to be replaced; nothing of it is carried over
            remove_draft(settings.published_file)
        else:
            if can_carry(connection):
                return connection, True
            connection.close()
            remove_draft(settings.published_file)
    return _connected(settings, draft), False


def _connected(settings: Settings, draft: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(draft), config=published_config(settings))
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"attach {_text(str(settings.warehouse))} as build (read_only)")
    return connection


def _drop_all_but(connection: duckdb.DuckDBPyConnection, tables: list[tuple[str, str]]) -> None:
    found = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name <> 'build'"
    ).fetchall()
    for schema, table in {*found} - {*tables}:
        connection.execute(f"drop table {_name(schema)}.{_name(table)}")


def _demand_whole(connection: duckdb.DuckDBPyConnection) -> None:
    if not is_whole(connection):
        raise RunFailedError(
            "what is carried over from the file published before is what the build holds",
            ".".join(CARRIED),
            "run `unitecon run --full-refresh`, which copies everything, and report a defect",
        )


def _sign(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    run_id: str,
    tables: list[tuple[str, str]],
) -> None:
    """Note in the draft what is true once it is published."""
    rate = settings.assumptions.get("pipeline_usd_per_hour")
    end_run(connection, run_id, status="published", exit_code=0, message="", usd_per_hour=rate)
    if {("marts", "scorecard"), ("ops", "reported_values")} <= set(tables):
        report_values(connection, run_id)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'build'"
        " and schema_name in (select unnest(?)) order by schema_name, table_name",
        [list(PUBLISHED_SCHEMAS)],
    ).fetchall()
    return [(schema, table) for schema, table in rows if (schema, table) not in PRIVATE_TABLES]


def _describe(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    descriptions: dict[tuple[str, str], Description],
) -> None:
    """Write what is known of the table and its columns into it."""
    target = f"{_name(schema)}.{_name(table)}"
    description = descriptions.get((schema, table))
    if description is None:
        raise RunFailedError(
            "every published table is described",
            f"{schema}.{table}",
            "describe the table and its columns in its .yml beside the model",
        )
    connection.execute(f"comment on table {target} is {_text(description.table)}")
    for column, text in description.columns.items():
        connection.execute(f"comment on column {target}.{_name(column)} is {_text(text)}")


def _verify(draft: Path, counts: dict[str, int]) -> None:
    log = draft.with_name(f"{draft.name}.wal")
    if log.exists():
        raise RunFailedError(
            "a published file is complete in itself",
            f"{log} was left beside it",
            "run again; if it repeats, check the disk of the published folder",
        )
    with connect_reader(draft) as connection:
        found = _counted(connection, counts)
    for table, expected in counts.items():
        if found[table] != expected:
            raise RunFailedError(
                "the published file holds what the build holds",
                f"{table}: {found[table]} rows instead of {expected}",
                "run again; if it repeats, check the disk of the published folder",
            )


def _counted(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, int]:
    """The rows of each table, in one question."""
    counts = (f"select {_text(table)}, count(*) from {table}" for table in tables)
    return dict(connection.execute(" union all ".join(counts)).fetchall())


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
