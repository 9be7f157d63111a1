"""Which stages of a run that failed need not be run again."""

import duckdb

from pipelines.errors import UsageError
from pipelines.loading.tables import LEDGER, create_schemas
from pipelines.run_log import RUN_NUMBER, TABLES
from pipelines.settings import Settings
from pipelines.warehouse import connect

BUILT = ("staging", "facts", "marts")
DONE_BEFORE = f"""
with

run_before as (
    select * from ops.runs order by {RUN_NUMBER} desc limit 1
)

select run_stages.stage
from run_before
inner join ops.run_stages using (run_id)
where
    run_before.status in ('running', 'failed', 'gate_stopped')
    and run_before.project_fingerprint = ?
    and run_before.as_of_date = ?
    and run_stages.stage in (select unnest(?))
"""

IS_BUILT = f"""
with

built as (
    select max({RUN_NUMBER}) as run_number
    from ops.runs
    where
        project_fingerprint = ?
        and date_trunc('month', as_of_date) = date_trunc('month', cast(? as date))
        and run_id in (select run_id from ops.run_stages where stage = 'marts')
),

loaded as (
    select max({RUN_NUMBER}) as run_number from ops.load_files
)

select coalesce(built.run_number >= coalesce(loaded.run_number, 0), false)
from built
cross join loaded
"""


def stages_kept(
    settings: Settings, connection: duckdb.DuckDBPyConnection, fingerprint: str
) -> frozenset[str]:
    """Stages that the run directly before this one had finished when it failed or was killed.

    None where it ran for another date or on other code, or where dbt's manifest is gone. They stand
    only as long as nothing new is loaded, which the caller sees to; gates are always run again.
    """
    connection.execute(TABLES)
    rows = connection.execute(DONE_BEFORE, [fingerprint, settings.as_of, list(BUILT)]).fetchall()
    has_manifest = (settings.logs_dir / "dbt" / "manifest.json").is_file()
    return frozenset(str(stage) for (stage,) in rows) if has_manifest else frozenset()


def demand_built(settings: Settings, fingerprint: str) -> None:
    """Errors: UsageError unless the marts were built by this code after the last file was read.

    And for the month of the run's date: which months are complete depends on it.
    """
    with connect(settings) as connection:
        create_schemas(connection)
        connection.execute(LEDGER)
        [(is_built,)] = connection.execute(IS_BUILT, [fingerprint, settings.as_of]).fetchall()
    if not is_built:
        raise UsageError(
            "what is published was built after the last file was read, by the code as it is now",
            str(settings.warehouse),
            "run `unitecon build` first, or `unitecon run`, which does both",
        )
