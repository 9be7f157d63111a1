"""Building as a stage of the night: dbt's models, and the tests of them."""

from pipelines.console import Report, StageOutcome
from pipelines.night import Night, Stage
from pipelines.settings import Settings
from pipelines.warehouse import connect

# Where the rows are that a stage counts: staging has views on them.
BUILT_SCHEMAS = {"staging": "raw", "facts": "facts", "marts": "marts"}


def building(stage: str) -> Stage:
    """The stage that builds and tests its models, unless a failed run before it left them.

    Errors (of the stage): RunFailedError when a model failed, GateStoppedError when a test did.
    """

    def build(night: Night, outcome: StageOutcome, report: Report) -> None:
        if stage in night.kept:
            outcome.count = _rows_in(night.settings, BUILT_SCHEMAS[stage])
            outcome.remark = "as the run before left it"
            return
        nodes = night.dbt.build(stage, report, full_refresh=night.rebuild_all and stage == "facts")
        outcome.count = _rows_in(night.settings, BUILT_SCHEMAS[stage])
        outcome.remark = f"{nodes} models and tests"

    return build


def _rows_in(settings: Settings, schema: str) -> int:
    with connect(settings) as connection:
        row = connection.execute(
            "select coalesce(sum(estimated_size), 0) from duckdb_tables()"
            " where database_name = current_database() and schema_name = ?",
            [schema],
        ).fetchone()
    return int(row[0]) if row else 0
