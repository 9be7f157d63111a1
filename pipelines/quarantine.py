"""The command `unitecon quarantine`: what is kept out, and reading it again once mended."""

from collections.abc import Collection

import duckdb

from pipelines.console import Console
from pipelines.errors import UsageError
from pipelines.loading.load import load
from pipelines.loading.messages import file_sentence, files_line
from pipelines.loading.tables import create_tables
from pipelines.locking import only_run
from pipelines.run_log import begin_run, end_run
from pipelines.settings import Settings
from pipelines.sources.feeds import read_feeds
from pipelines.warehouse import connect, connect_reader

# A file may have been delivered, or read, several times: its newest record counts.
NEWEST = "file_id in (select max(file_id) from ops.load_files group by path)"
LISTED = f"""
select file_id, path, format, rows_read, rows_quarantined, rule, reason, remedy
from ops.load_files
where rows_quarantined > 0 and {NEWEST}
order by file_id
"""
LIST_COLUMNS = ("file", "path", "format", "read", "quarantined", "rule", "reason", "remedy")
SHOWN = f"""
select rows.line, rows.rule, rows.reason, rows.remedy, rows.content
from quarantine.rows as rows
inner join ops.load_files as files on rows.file_id = files.file_id
where files.{NEWEST} and (files.path = $file or cast(files.file_id as varchar) = $file)
order by rows.line nulls first
"""


def list_quarantine(settings: Settings, console: Console) -> int:
    """One line per file with rows in quarantine, its newest delivery counting."""
    rows = _ask(settings, LISTED)
    if rows:
        console.table(LIST_COLUMNS, rows)
    else:
        console.say("nothing is in quarantine")
    return 0


def show_quarantine(settings: Settings, console: Console, file: str) -> int:
    """Every quarantined row of a file, named by its path below the landing or by its number.

    Errors: UsageError when the file has none.
    """
    rows = _ask(settings, SHOWN, {"file": file})
    if not rows:
        raise UsageError(
            "a file with rows in quarantine is shown", file, "see `unitecon quarantine list`"
        )
    console.table(("line", "rule", "reason", "remedy", "content"), rows)
    return 0


def replay_quarantine(settings: Settings, console: Console, files: list[str]) -> int:
    """Read files with rows in quarantine once more; without names, all of them.

    What the newest reading finds takes the place of the earlier one, so that replaying twice is
    replaying once. The next run publishes it. Errors: UsageError for a file that has none.
    """
    feeds = read_feeds(settings.sources_dir)
    with only_run(settings.warehouse.parent), connect(settings) as connection:
        create_tables(connection, feeds.values())
        chosen = _chosen(connection, files)
        run_id = begin_run(connection, as_of=settings.as_of, project_fingerprint="replay")
        summary = load(
            connection,
            landing=settings.landing,
            feeds=feeds,
            run_id=run_id,
            as_of=settings.as_of,
            again=chosen,
            pseudonym_key=settings.pseudonym_key,
        )
        end_run(connection, run_id, status="loaded", exit_code=0, message="")
    for message in summary.messages:
        console.complain(f"warning: {file_sentence(message)}")
    for path in sorted(chosen):
        if not (settings.landing / path).is_file():
            console.complain(
                f"warning: {path} is no longer in the landing: it cannot be read again"
            )
    console.say(f"{summary.rows_loaded:,} rows loaded; {files_line(summary)}")
    console.say("the next `unitecon run` publishes them")
    return 0


def _chosen(connection: duckdb.DuckDBPyConnection, files: Collection[str]) -> set[str]:
    """The files to read again: those named, else all that have rows in quarantine."""
    kept = {str(row[1]) for row in connection.execute(LISTED).fetchall()}
    if unknown := sorted(set(files) - kept):
        raise UsageError(
            "a file with rows in quarantine is replayed",
            ", ".join(unknown),
            "see `unitecon quarantine list`",
        )
    return set(files) or kept


def _ask(
    settings: Settings, query: str, parameters: dict[str, object] | None = None
) -> list[tuple[object, ...]]:
    if not settings.warehouse.is_file():
        raise UsageError(
            "there is a quarantine once a run has been made",
            str(settings.home),
            "run `unitecon run` first",
        )
    try:
        with connect_reader(settings.warehouse) as connection:
            return connection.execute(query, parameters or {}).fetchall()
    except duckdb.IOException as error:
        raise UsageError(
            "the warehouse is read while no run is at work", str(settings.warehouse), "wait for it"
        ) from error
