"""The last published versions, kept beside the published file, and the way back to one of them.

A version is named after the run that published it. A kept version is a second name of the same
bytes, so that keeping the current one costs no room.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from pipelines.errors import UsageError
from pipelines.run_log import RUN_NUMBER
from pipelines.settings import Settings
from pipelines.warehouse import connect_reader

NEWEST_RUN = f"""
select run_id, as_of_date, ended_at, message
from ops.runs
where status = 'published'
order by {RUN_NUMBER} desc
limit 1
"""


@dataclass(frozen=True)
class Version:
    """One published file: the run that published it, its date, when, and a note of that run."""

    run_id: str
    path: Path
    as_of_date: date
    published_at: datetime
    note: str


def version_of(path: Path) -> Version:
    """What a published file says of itself."""
    with connect_reader(path) as connection:
        run_id, as_of_date, ended_at, message = connection.execute(NEWEST_RUN).fetchall()[0]
    return Version(str(run_id), path, as_of_date, ended_at, str(message or ""))


def keep_version(settings: Settings, run_id: str | None = None) -> None:
    """Give the published file its second name in the history, and drop what is beyond the last N.

    The current version and the newest ones stay. A published file that cannot be read is no
    version: it is about to be replaced. Its run is asked of the file where the caller knows none.
    """
    if not settings.published_file.is_file():
        return
    kept = settings.history_dir / f"{run_id}.duckdb" if run_id else _name_of_current(settings)
    if kept is None:
        return
    settings.history_dir.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        link(settings.published_file, kept)
    others = [path for path in _newest_first(settings.history_dir) if path != kept]
    for path in others[settings.kept_versions - 1 :]:
        path.unlink()


def versions(settings: Settings) -> list[Version]:
    """Every kept version, the newest first."""
    return [version_of(path) for path in _newest_first(settings.history_dir)]


def find_version(settings: Settings, name: str) -> Version:
    """The kept version of a run, told by the beginning of its id; `current` is the published one.

    Errors: UsageError when no version, or more than one, has that name.
    """
    if name == "current" and settings.published_file.is_file():
        return version_of(settings.published_file)
    paths = [path for path in _newest_first(settings.history_dir) if path.stem.startswith(name)]
    if len(paths) != 1:
        known = ", ".join(path.stem for path in _newest_first(settings.history_dir)) or "none"
        raise UsageError(
            "a version is named by its run, or `current`",
            f"{name} fits {len(paths)} kept versions",
            f"choose one of: {known}",
        )
    return version_of(paths[0])


def link(source: Path, target: Path) -> None:
    """A second name for a file, or a copy where the disk knows no second names."""
    draft = target.with_name(f".{target.name}.part")
    draft.unlink(missing_ok=True)
    try:
        os.link(source, draft)
    except OSError:
        shutil.copy2(source, draft)
    draft.replace(target)
    # renaming onto another name of the same bytes leaves both names
    draft.unlink(missing_ok=True)


def _name_of_current(settings: Settings) -> Path | None:
    """The name in the history of what is published; it is opened only where it has none yet."""
    current = settings.published_file.stat()
    for path in _newest_first(settings.history_dir):
        if os.path.samestat(path.stat(), current):
            return path
    try:
        run_id = version_of(settings.published_file).run_id
    except (duckdb.Error, IndexError):
        return None
    return settings.history_dir / f"{run_id}.duckdb"


def _newest_first(folder: Path) -> list[Path]:
    """Versions by the number of their run: a clock may be set back, the count goes on."""
    found = (path for path in folder.glob("*.duckdb") if not path.name.startswith("."))
    return sorted(found, key=lambda path: (_number(path), path.name), reverse=True)


def _number(path: Path) -> int:
    number = path.stem.rpartition("-")[2]
    return int(number) if number.isdigit() else 0
