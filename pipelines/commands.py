"""The small commands: `init`, `demo` and `load`."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb

from pipelines.console import Console, Report
from pipelines.demo.company import write_company
from pipelines.errors import UsageError
from pipelines.loading.load import LoadSummary, load
from pipelines.loading.messages import file_sentence, files_line
from pipelines.loading.templates import write_templates
from pipelines.locking import only_run
from pipelines.nightly import run_nightly
from pipelines.run_log import begin_run, end_run, record_stage
from pipelines.settings import Settings
from pipelines.sources.feeds import Feed, read_feeds
from pipelines.warehouse import connect

DEMO_MARKER = "_written_by_unitecon_demo"


def init_landing(settings: Settings, console: Console, folder: str) -> int:
    """Write one landing folder per feed, each with a template of its canonical file."""
    landing = Path(folder).absolute()
    written = write_templates(landing, _feeds(settings))
    for path in written:
        console.say(f"wrote {path}")
    console.say(f"\ndrop your files beside the templates, then: unitecon run --landing {landing}")
    return 0


def run_demo(settings: Settings, console: Console, size: str) -> int:
    """Write the demo company's files into the landing and run the nightly job on them.

    Errors: UsageError when the landing holds files that the demo did not write.
    """
    _clear_demo(settings.landing)
    with console.stage(f"demo {size}") as (outcome, report):
        summary = write_company(settings.landing, size=size, report=report)
        outcome.count, outcome.unit = summary.requests, "requests"
        outcome.remark = f"synthetic company in {settings.landing}"
    (settings.landing / DEMO_MARKER).write_text(f"{size}\n", "utf-8")
    # the demo's files are complete the moment they are written, and its world ends with them
    night = replace(settings, min_age_seconds=0, as_of=summary.last_date + timedelta(days=1))
    exit_code = run_nightly(night, console)
    console.say(
        f'\nask it a question:\n  python -c "import duckdb; print(duckdb.connect('
        f"'{settings.published_file}', read_only=True)"
        f".sql('select * from marts.scorecard order by metric, metric_month'))\""
    )
    return exit_code


def load_only(settings: Settings, console: Console) -> int:
    """Load the landing into the raw tables, and stop there."""
    with only_run(settings.warehouse.parent), connect(settings) as connection:
        run_id = begin_run(connection, as_of=settings.as_of, project_fingerprint="load only")
        with console.stage("load") as (outcome, report):
            summary = _loaded(settings, connection, run_id, report)
            outcome.count, outcome.remark = summary.rows_loaded, files_line(summary)
        for message in summary.messages:
            console.complain(f"warning: {file_sentence(message)}")
        record_stage(
            connection,
            run_id,
            stage="load",
            status="done",
            row_count=outcome.count,
            seconds=outcome.seconds,
        )
        end_run(connection, run_id, status="loaded", exit_code=0, message="")
    return 0


def _loaded(
    settings: Settings, connection: duckdb.DuckDBPyConnection, run_id: str, report: Report
) -> LoadSummary:
    return load(
        connection,
        landing=settings.landing,
        feeds=_feeds(settings),
        run_id=run_id,
        as_of=settings.as_of,
        min_age_seconds=settings.min_age_seconds,
        pseudonym_key=settings.pseudonym_key,
        report=report,
    )


def _feeds(settings: Settings) -> dict[str, Feed]:
    return read_feeds(settings.sources_dir)


def _clear_demo(landing: Path) -> None:
    if not landing.exists():
        return
    if any(landing.iterdir()) and not (landing / DEMO_MARKER).is_file():
        raise UsageError(
            "the demo writes only into a landing that is empty or its own",
            str(landing),
            "choose another home: unitecon demo --home DIR",
        )
    shutil.rmtree(landing)
