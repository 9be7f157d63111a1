"""The small commands: `init`, `demo` and `load`."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pipelines.console import Console
from pipelines.demo.company import write_company
from pipelines.errors import UsageError
from pipelines.loading.templates import write_templates
from pipelines.nightly import run_nightly
from pipelines.settings import Settings
from pipelines.sources.feeds import Feed, read_feeds

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
    return run_nightly(settings, console, "load")


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
