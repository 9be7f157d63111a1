"""What the warehouse remembers about runs: `ops.runs`, `ops.run_stages`, `ops.current_run`."""

from datetime import UTC, date, datetime

import duckdb

TABLES = """
create schema if not exists ops;
create table if not exists ops.runs (
    run_id varchar, started_at timestamp, ended_at timestamp, as_of_date date,
    status varchar, exit_code integer, message varchar, project_fingerprint varchar
);
create table if not exists ops.run_stages (
    run_id varchar, position integer, stage varchar, status varchar,
    row_count bigint, seconds double, started_at timestamp
);
"""


def now() -> datetime:
    """The wall clock in UTC, without a zone, as every table keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def begin_run(
    connection: duckdb.DuckDBPyConnection, *, as_of: date, project_fingerprint: str
) -> str:
    """Record that a run began and return its id.

    A run that was killed cannot sign off: rows still `running` are closed as `failed` here.
    """
    connection.execute(TABLES)
    connection.execute(
        "update ops.runs set status = 'failed', exit_code = 1, ended_at = ?,"
        " message = 'the process ended without signing off' where status = 'running'",
        [now()],
    )
    started = now()
    number = _scalar(connection, "select count(*) + 1 from ops.runs")
    run_id = f"{started:%Y%m%dT%H%M%S}-{number:04d}"
    connection.execute(
        "insert into ops.runs values (?, ?, null, ?, 'running', null, null, ?)",
        [run_id, started, as_of, project_fingerprint],
    )
    connection.execute(
        "create or replace table ops.current_run as"
        " select ? as run_id, cast(? as date) as as_of_date",
        [run_id, as_of],
    )
    return run_id


def end_run(
    connection: duckdb.DuckDBPyConnection, run_id: str, *, status: str, exit_code: int, message: str
) -> None:
    """Sign the run off."""
    connection.execute(
        "update ops.runs set status = ?, exit_code = ?, message = ?, ended_at = ? where run_id = ?",
        [status, exit_code, message, now(), run_id],
    )


def record_stage(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    *,
    stage: str,
    status: str,
    row_count: int,
    seconds: float,
) -> None:
    """Append one finished stage to the run."""
    connection.execute(
        "insert into ops.run_stages"
        " select ?, count(*) + 1, ?, ?, ?, ?, ? from ops.run_stages where run_id = ?",
        [run_id, stage, status, row_count, seconds, now(), run_id],
    )


def last_published_fingerprint(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The project fingerprint of the newest run that published; NULL before the first one."""
    row = connection.execute(
        "select project_fingerprint from ops.runs where status = 'published'"
        " order by started_at desc, run_id desc limit 1"
    ).fetchone()
    return None if row is None else str(row[0])


def _scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
