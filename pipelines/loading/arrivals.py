"""The files that stand in the landing, as found: nothing is opened here."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pipelines.sources.feeds import Feed

PASSED_OVER_PREFIXES = ("_", ".")
PASSED_OVER_SUFFIXES = (".part", ".sha256", ".mapping.yml")


@dataclass(frozen=True)
class Arrival:
    """One file of a feed: `path` is relative to the landing, `location` is where to open it.

    `mapping` names the mapping that holds for its folder, if one does.
    """

    feed: str
    path: str
    location: Path
    size: int
    modified_at: datetime
    mapping: str | None = None


@dataclass(frozen=True)
class FileMessage:
    """Something a person should know about one file or folder of the landing."""

    path: str
    status: str
    rule: str
    reason: str
    remedy: str


def find_arrivals(
    landing: Path, feeds: Mapping[str, Feed], *, min_age_seconds: float, now: datetime
) -> tuple[list[Arrival], list[FileMessage]]:
    """Every deliverable file, oldest first, and what was left alone with the reason.

    Passed over in silence: names that begin with `_` or `.`, or end with `.part` or `.sha256`.
    """
    arrivals: list[Arrival] = []
    messages = list(_strangers(landing, {feed.lands_in for feed in feeds.values()}))
    root = landing.resolve()
    for name in dict.fromkeys(feed.lands_in for feed in feeds.values()):
        for path in _files_below(landing / name):
            relative = path.relative_to(landing).as_posix()
            if refusal := _refusal(path, relative, root):
                messages.append(refusal)
                continue
            arrival = arrival_of(name, relative, path)
            # a file from the future is no young one: the clock may have been set back
            if abs((now - arrival.modified_at).total_seconds()) < min_age_seconds:
                messages.append(_too_young(relative, min_age_seconds))
            else:
                arrivals.append(arrival)
    return sorted(arrivals, key=lambda a: (a.modified_at, a.path)), messages


class FileChangedError(Exception):
    """A file changed or vanished while it was read; it is left for the next run."""


def is_unchanged(arrival: Arrival) -> bool:
    """True while the file has the size and time it was found with."""
    try:
        status = arrival.location.stat()
    except OSError:
        return False
    found = (arrival.size, arrival.modified_at)
    return (status.st_size, _modified_at(status.st_mtime_ns)) == found


def demand_unchanged(arrivals: Iterable[Arrival]) -> None:
    """Errors: FileChangedError when one of the files is no longer what it was."""
    if not all(is_unchanged(arrival) for arrival in arrivals):
        raise FileChangedError


def changed_message(path: str) -> FileMessage:
    """What is said of a file that did not hold still."""
    return FileMessage(
        path,
        "left for the next run",
        "settled_file",
        "it changed or vanished while it was read",
        "deliver under a .part name and rename when complete",
    )


def _files_below(folder: Path) -> Iterator[Path]:
    if not folder.exists():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith(PASSED_OVER_PREFIXES) or path.name.endswith(PASSED_OVER_SUFFIXES):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files_below(path)
        else:
            yield path


def arrival_of(feed: str, relative: str, path: Path) -> Arrival:
    """A file as it stands now."""
    status = path.stat()
    return Arrival(feed, relative, path, status.st_size, _modified_at(status.st_mtime_ns))


def _modified_at(nanoseconds: int) -> datetime:
    seconds, rest = divmod(nanoseconds // 1000, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def _refusal(path: Path, relative: str, root: Path) -> FileMessage | None:
    if not _is_text(relative):
        reason = "the name is not UTF-8"
    elif not _resolved(path).is_relative_to(root):
        reason = "the name leads out of the landing folder, or to itself"
    elif not path.exists() or not stat.S_ISREG(path.stat().st_mode):
        reason = "it is a link to nothing, a folder, a pipe or a device"
    else:
        return None
    shown = relative.encode("utf-8", "backslashreplace").decode()
    return FileMessage(
        shown, "refused", "regular_file_in_landing", reason, "deliver a copy of the file itself"
    )


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _resolved(path: Path) -> Path:
    """Where the path leads; the root of all where it leads in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return type(path)(path.anchor)


def _too_young(relative: str, min_age_seconds: float) -> FileMessage:
    return FileMessage(
        relative,
        "left for the next run",
        "settled_file",
        f"it changed less than {min_age_seconds:g} seconds ago and may still be growing",
        "nothing to do; deliver under a .part name and rename when complete to avoid the wait",
    )


def _strangers(landing: Path, folders: set[str]) -> Iterator[FileMessage]:
    for path in sorted(landing.iterdir()) if landing.is_dir() else ():
        if path.name not in folders and not path.name.startswith(PASSED_OVER_PREFIXES):
            yield FileMessage(
                path.name,
                "not read",
                "folder_of_a_feed",
                "it is not the folder of a declared feed",
                f"move its files to one of: {', '.join(sorted(folders))}",
            )
