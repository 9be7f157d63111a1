"""What `unitecon status` shows: runs, freshness, files, gates and reconciliation."""

from dataclasses import dataclass

import duckdb

from pipelines.console import Console
from pipelines.errors import UsageError
from pipelines.settings import Settings
from pipelines.warehouse import connect_reader


@dataclass(frozen=True)
class Panel:
    """One table on the screen: its title, the tables it needs, and the query behind it."""

    title: str
    needs: tuple[str, ...]
    query: str


PANELS = (
    Panel(
        "last runs",
        ("ops.runs",),
        "select run_id, as_of_date, status, exit_code,"
        " round(epoch(ended_at) - epoch(started_at), 1) as seconds, message"
        " from ops.runs order by started_at desc, run_id desc limit 5",
    ),
    Panel(
        "freshness",
        ("facts.fct_feed_coverage",),
        "select feed, row_count, file_count, first_date, last_date"
        " from facts.fct_feed_coverage order by feed",
    ),
    Panel(
        "files, newest first",
        ("ops.load_files",),
        "select path, format, status, rows_read as read, rows_loaded as loaded,"
        " rows_quarantined as quarantined, rows_duplicate as duplicate,"
        " coalesce(reason, '') as reason"
        " from ops.load_files order by rows_quarantined > 0 desc, file_id desc limit 20",
    ),
    Panel(
        "gates of the last run",
        ("ops.quality_results",),
        "select gate, count(*) as checks, count(*) filter (where status = 'passed') as passed,"
        " count(*) filter (where status = 'failed' and severity = 'warning') as warnings,"
        " count(*) filter (where status = 'failed' and severity = 'critical') as stopped,"
        " count(*) filter (where status = 'error') as errors"
        " from ops.quality_results"
        " where run_id = (select max(run_id) from ops.quality_results)"
        " group by gate order by min(checked_at)",
    ),
    Panel(
        "reconciliation",
        ("marts.reconciliation",),
        "select source_feed, currency, count(*) as documents,"
        " sum(document_amount) as on_documents, sum(ledger_amount) as in_ledger,"
        " sum(difference_amount) as difference"
        " from marts.reconciliation group by all order by all",
    ),
)


def show_status(settings: Settings, console: Console) -> int:
    """Print one table per panel, from the build file or, while a run holds it, the published one.

    Errors: UsageError when there has been no run yet.
    """
    with _open(settings, console) as connection:
        for panel in PANELS:
            if all(_exists(connection, table) for table in panel.needs):
                result = connection.execute(panel.query)
                names = [name for name, *_ in result.description or []]
                console.table(names, result.fetchall(), title=panel.title)
    return 0


def _open(settings: Settings, console: Console) -> duckdb.DuckDBPyConnection:
    for path in (settings.warehouse, settings.published_file):
        if path.is_file():
            try:
                return connect_reader(path)
            except duckdb.IOException:
                console.say(f"{path.name} is in use by a run; this is what was published last")
    raise UsageError(
        "there is a status once a run has been made",
        str(settings.home),
        "run `unitecon demo`, or put files into the landing and run `unitecon run`",
    )


def _exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    schema, name = table.split(".")
    row = connection.execute(
        "select count(*) from duckdb_tables() where schema_name = ? and table_name = ?",
        [schema, name],
    ).fetchone()
    return bool(row and row[0])
