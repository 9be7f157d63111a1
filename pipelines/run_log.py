"""What the warehouse remembers about runs: `ops.runs`, `ops.run_stages`, `ops.current_run`."""

import resource
from datetime import UTC, date, datetime

import duckdb

TABLES = """
create schema if not exists ops;
create table if not exists ops.runs (
    run_id varchar, started_at timestamp, ended_at timestamp, as_of_date date,
    status varchar, exit_code integer, message varchar, project_fingerprint varchar
);
alter table ops.runs add column if not exists overridden_checks varchar;
alter table ops.runs add column if not exists cpu_seconds double;
alter table ops.runs add column if not exists peak_memory_bytes bigint;
alter table ops.runs add column if not exists cost_usd double;
create table if not exists ops.run_stages (
    run_id varchar, position integer, stage varchar, status varchar,
    row_count bigint, seconds double, started_at timestamp
);
create table if not exists ops.reported_values (
    metric varchar, metric_month date, run_id varchar, reported_at timestamp,
    unit varchar, status varchar, value double, is_month_complete boolean
);
"""
# A run's place in the order of runs. The clock may be set back between two runs; the count goes on.
RUN_NUMBER = "try_cast(split_part(run_id, '-', 2) as integer)"
SIGN_OFF = """
update ops.runs
set
    status = $status, exit_code = $exit_code, message = $message, ended_at = $ended_at,
    cpu_seconds = $cpu_seconds, peak_memory_bytes = $peak_memory_bytes,
    cost_usd = round(
        greatest(epoch($ended_at) - epoch(started_at), 0) / 3600 * cast($usd_per_hour as double), 6
    )
where run_id = $run_id
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
    number = _scalar(connection, f"select coalesce(max({RUN_NUMBER}), 0) + 1 from ops.runs")
    run_id = f"{started:%Y%m%dT%H%M%S}-{number:04d}"
    connection.execute(
        "insert into ops.runs by name select ? as run_id, ? as started_at, ? as as_of_date,"
        " 'running' as status, ? as project_fingerprint",
        [run_id, started, as_of, project_fingerprint],
    )
    connection.execute(
        "create or replace table ops.current_run as"
        " select ? as run_id, cast(? as date) as as_of_date",
        [run_id, as_of],
    )
    return run_id


def end_run(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    *,
    status: str,
    exit_code: int,
    message: str,
    usd_per_hour: object = None,
) -> None:
    """Sign the run off, with what it took: processor time, memory, and its cost if an hour has one.

    Processor time and memory are those of the whole process.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    connection.execute(
        SIGN_OFF,
        {
            "run_id": run_id,
            "status": status,
            "exit_code": exit_code,
            "message": message,
            "ended_at": now(),
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "peak_memory_bytes": used.ru_maxrss * 1024,
            "usd_per_hour": usd_per_hour,
        },
    )


def record_override(
    connection: duckdb.DuckDBPyConnection, run_id: str, gate: str, checks: list[str]
) -> None:
    """Note in the run's own row which failed checks it passed over, and of which gate."""
    connection.execute(
        "update ops.runs set overridden_checks = concat_ws('; ', overridden_checks, ?)"
        " where run_id = ?",
        [f"{gate}: {', '.join(checks)}", run_id],
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


def last_published(connection: duckdb.DuckDBPyConnection) -> tuple[str, date] | None:
    """Project fingerprint and date of the newest run that published; None before the first one."""
    row = connection.execute(
        "select project_fingerprint, as_of_date from ops.runs where status = 'published'"
        f" order by {RUN_NUMBER} desc limit 1"
    ).fetchone()
    return None if row is None else (str(row[0]), row[1])


def _scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
