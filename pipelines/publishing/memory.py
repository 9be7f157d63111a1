"""What outlives a warehouse: runs and reported values, which every published file carries along.

They are written into the published file as it is made and recalled from there, so that a value
counts as reported exactly when readers could see it.
"""

from pathlib import Path

import duckdb

from pipelines.run_log import RUN_NUMBER, TABLES, now
from pipelines.sources.quoting import literal

# Values that are new or differ from what was reported last; a float is the same to 12 digits.
REPORT = f"""
insert into ops.reported_values by name
with

reported_last as (
    select *
    from ops.reported_values
    qualify row_number() over (partition by metric, metric_month order by {RUN_NUMBER} desc) = 1
)

select
    scorecard.metric, scorecard.metric_month, $run_id as run_id, $now as reported_at,
    scorecard.unit, scorecard.status, scorecard.value,
    coalesce(scorecard.complete_through_date >= last_day(scorecard.metric_month), false)
        as is_month_complete
from marts.scorecard
left join reported_last using (metric, metric_month)
where
    scorecard.metric_month is not null
    and (
        reported_last.status is distinct from scorecard.status
        or (reported_last.value is null) <> (scorecard.value is null)
        or abs(reported_last.value - scorecard.value) > 1e-12 * abs(scorecard.value)
    )
"""
# A run that died after it had published is known there as published.
RECALL_RUNS = """
update ops.runs set status = 'published', exit_code = 0, ended_at = known.ended_at
from published.ops.runs as known
where known.run_id = runs.run_id and known.status = 'published' and runs.status <> 'published';
insert into ops.runs by name
select * from published.ops.runs where run_id not in (select run_id from ops.runs);
"""
RECALL_VALUES = """
insert into ops.reported_values by name
select known.*
from published.ops.reported_values as known
anti join ops.reported_values using (metric, metric_month, run_id)
"""


def report_values(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Append to `ops.reported_values` what the scorecard beside it says anew."""
    connection.execute(REPORT, {"run_id": run_id, "now": now()})


def recall(connection: duckdb.DuckDBPyConnection, published_file: Path) -> None:
    """Bring into the warehouse what the published file remembers and the warehouse does not.

    A published file that cannot be read has nothing to recall; the run that follows replaces it.
    """
    connection.execute(TABLES)
    if not published_file.is_file():
        return
    try:
        connection.execute(f"attach {literal(str(published_file))} as published (read_only)")
    except duckdb.Error:
        return
    try:
        known = connection.execute(
            "select table_name from duckdb_tables()"
            " where database_name = 'published' and schema_name = 'ops'"
        ).fetchall()
        if ("runs",) in known:
            connection.execute(RECALL_RUNS)
        if ("reported_values",) in known:
            connection.execute(RECALL_VALUES)
    finally:
        connection.execute("detach published")
