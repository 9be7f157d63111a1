"""Publishes by building a fresh file beside the old one and replacing it in one step."""

import os
from pathlib import Path

import duckdb

from pipelines.errors import RunFailedError
from pipelines.fault_points import reached
from pipelines.publishing.carrying import CARRIED, begin_draft, can_carry, carry, is_whole
from pipelines.publishing.comments import Description, read_descriptions
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


def publish(settings: Settings, run_id: str) -> int:
    """Replace the published file with the build's marts, facts and ops; returns rows published.

    The old file is untouched until the new one is complete, read back and on disk; a reader that
    has it open keeps its snapshot.

    Errors: RunFailedError when the copy does not hold what the build holds.
    """
    target = settings.published_file
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.part")
    _remove(draft)
    # a run that died between replacing and keeping left this undone
    keep_version(settings)
    try:
        counts = _write_draft(settings, draft, run_id)
        reached("publish: draft written")
        _verify(draft, counts)
        _flush(draft)
        reached("publish: draft verified")
        draft.replace(target)
    except BaseException:
        # on a full disk the room is needed
        _remove(draft)
        raise
    _flush(target.parent)
    reached("publish: file replaced")
    keep_version(settings)
    return sum(counts.values())


def _write_draft(settings: Settings, draft: Path, run_id: str) -> dict[str, int]:
    descriptions = read_descriptions(settings.logs_dir / "dbt" / "manifest.json")
    begin_draft(settings.published_file, draft)
    connection, carries = _opened(settings, draft)
    with connection:
        # one transaction: a thousand comments would each wait for the disk
        connection.begin()
        tables = _tables(connection)
        for schema in PUBLISHED_SCHEMAS:
            connection.execute(f"create schema if not exists {_name(schema)}")
        _drop_all_but(connection, tables)
        counts = _copied(connection, tables, descriptions, carries=carries)
        counts |= _signed(connection, settings, run_id, tables)
        if carries:
            _demand_whole(connection)
        connection.commit()
        connection.execute("detach build")
        connection.execute("checkpoint")
    return counts


def _copied(
    connection: duckdb.DuckDBPyConnection,
    tables: list[tuple[str, str]],
    descriptions: dict[tuple[str, str], Description],
    *,
    carries: bool,
) -> dict[str, int]:
    """Every table of the build in the draft, described; rows by table."""
    counts = {}
    for schema, table in tables:
        target = f"{_name(schema)}.{_name(table)}"
        if carries and (schema, table) == CARRIED:
            carry(connection)
        else:
            connection.execute(f"create or replace table {target} as select * from build.{target}")
        reached(f"publish: copied {schema}.{table}")
        counts[f"{schema}.{table}"] = _describe(connection, schema, table, descriptions)
    return counts


def _opened(settings: Settings, draft: Path) -> tuple[duckdb.DuckDBPyConnection, bool]:
    """The draft with the build beside it, and whether it goes on from the file before."""
    if draft.is_file():
        try:
            connection = _connected(settings, draft)
        except duckdb.Error:
            # a damaged published file is about to be replaced; nothing of it is carried over
            _remove(draft)
        else:
            if can_carry(connection):
                return connection, True
            connection.close()
            _remove(draft)
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


def _signed(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    run_id: str,
    tables: list[tuple[str, str]],
) -> dict[str, int]:
    """Note in the draft what is true once it is published; the rows of what grew by that."""
    rate = settings.assumptions.get("pipeline_usd_per_hour")
    end_run(connection, run_id, status="published", exit_code=0, message="", usd_per_hour=rate)
    if not {("marts", "scorecard"), ("ops", "reported_values")} <= set(tables):
        return {}
    report_values(connection, run_id)
    row = connection.execute("select count(*) from ops.reported_values").fetchone()
    return {"ops.reported_values": int(row[0]) if row else 0}


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
) -> int:
    """Write what is known of the table and its columns into it; returns its rows."""
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
    row = connection.execute(f"select count(*) from {target}").fetchone()
    return int(row[0]) if row else 0


def _verify(draft: Path, counts: dict[str, int]) -> None:
    log = draft.with_name(f"{draft.name}.wal")
    if log.exists():
        raise RunFailedError(
            "a published file is complete in itself",
            f"{log} was left beside it",
            "run again; if it repeats, check the disk of the published folder",
        )
    with connect_reader(draft) as connection:
        for table, expected in counts.items():
            row = connection.execute(f"select count(*) from {table}").fetchone()
            if row is None or row[0] != expected:
                raise RunFailedError(
                    "the published file holds what the build holds",
                    f"{table}: {row and row[0]} rows instead of {expected}",
                    "run again; if it repeats, check the disk of the published folder",
                )


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(draft: Path) -> None:
    for leftover in (draft, draft.with_name(f"{draft.name}.wal")):
        leftover.unlink(missing_ok=True)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
