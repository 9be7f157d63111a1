"""The commands `unitecon history` and `unitecon rollback`."""

import os

from pipelines.breakdowns import told_plainly
from pipelines.console import Console, StageOutcome
from pipelines.errors import UsageError
from pipelines.journal import Journal
from pipelines.locking import only_run
from pipelines.publishing.history import Version, find_version, keep_version, link, versions
from pipelines.report.apart import report_apart
from pipelines.settings import Settings

COLUMNS = ("version", "as of", "published at (UTC)", "MiB", "")
MEBIBYTE = 1 << 20


def show_history(settings: Settings, console: Console) -> int:
    """Every kept version, the newest first, and which of them is published."""
    kept = versions(settings)
    if not kept:
        console.say("nothing was published yet")
        return 0
    current = _current(settings)
    rows = [
        (
            version.run_id,
            version.as_of_date,
            f"{version.published_at:%Y-%m-%d %H:%M:%S}",
            f"{version.path.stat().st_size / MEBIBYTE:.1f}",
            "published" if current and version.run_id == current.run_id else "",
        )
        for version in kept
    ]
    console.table(COLUMNS, rows)
    return 0


def roll_back(settings: Settings, console: Console, name: str | None) -> int:
    """Publish a kept version again, in one step; without a name, the one before the current one.

    The version it takes the place of stays in the history. Errors: UsageError when there is no such
    version; AnotherRunError while a run is at work, which would publish over it.
    """
    with told_plainly(settings.home), only_run(settings.warehouse.parent):
        keep_version(settings)
        target = find_version(settings, name) if name else _one_before(settings)
        link(target.path, settings.published_file)
        _flush_folder(settings)
        Journal(settings.logs_dir, target.run_id).write("rolled_back", to=target.run_id)
    console.say(f"published again: {target.run_id}, as of {target.as_of_date}")
    report_apart(settings, console, StageOutcome())
    console.say("the next run with new files, and `unitecon publish`, publish what is built")
    return 0


def _one_before(settings: Settings) -> Version:
    kept, current = versions(settings), _current(settings)
    names = [version.run_id for version in kept]
    place = names.index(current.run_id) + 1 if current and current.run_id in names else 0
    if place >= len(kept):
        raise UsageError(
            "a rollback needs an earlier version",
            f"{len(kept)} kept in {settings.history_dir}",
            "see `unitecon history`; UNITECON_KEPT_VERSIONS says how many are kept",
        )
    return kept[place]


def _current(settings: Settings) -> Version | None:
    return find_version(settings, "current") if settings.published_file.is_file() else None


def _flush_folder(settings: Settings) -> None:
    descriptor = os.open(settings.published_file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
