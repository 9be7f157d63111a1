"""The files that stand in the landing, as found: nothing is opened here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
        is_inside = _resolved(landing / name).is_relative_to(root)
        for relative, entry in walk(landing / name, name):
            refusal = _refusal(relative, entry, root if is_inside else None)
            status = None if refusal else status_of(entry)
            if status is None:
                messages.append(refusal or changed_message(relative))
                continue
            arrival = _arrival(name, relative, Path(entry.path), status)
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


def walk(folder: Path, relative: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """What stands below a folder and may be a delivery, each with its path below the landing.

    Links are not followed. A landing of years holds many files: nothing is asked of the disk here
    but the lists of names.
    """
    if not folder.exists():
        return
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.startswith(PASSED_OVER_PREFIXES) or entry.name.endswith(PASSED_OVER_SUFFIXES):
            continue
        below = f"{relative}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from walk(Path(entry.path), below)
        else:
            yield below, entry


def arrival_of(feed: str, relative: str, path: Path) -> Arrival:
    """A file as it stands now."""
    return _arrival(feed, relative, path, path.stat())


def _arrival(feed: str, relative: str, path: Path, status: os.stat_result) -> Arrival:
    return Arrival(feed, relative, path, status.st_size, _modified_at(status.st_mtime_ns))


def _modified_at(nanoseconds: int) -> datetime:
    seconds, rest = divmod(nanoseconds // 1000, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def status_of(entry: os.DirEntry[str]) -> os.stat_result | None:
    """What the disk says of a file; None where it has vanished since it was listed."""
    try:
        return entry.stat()
    except OSError:
        return None


def _refusal(relative: str, entry: os.DirEntry[str], root: Path | None) -> FileMessage | None:
    """Why it is no delivery; `root` is None where its folder leads out of the landing."""
    is_link = entry.is_symlink()
    if not _is_text(relative):
        reason = "the name is not UTF-8"
    elif root is None or (is_link and not _resolved(Path(entry.path)).is_relative_to(root)):
        reason = "the name leads out of the landing folder, or to itself"
    elif not entry.is_file():
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
