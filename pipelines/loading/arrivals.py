"""A file that was delivered, whether it holds still, and what people are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


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


def arrival_of(feed: str, relative: str, path: Path) -> Arrival:
    """A file as it stands now."""
    status = path.stat()
    return Arrival(feed, relative, path, status.st_size, _modified_at(status.st_mtime_ns))


def _modified_at(nanoseconds: int) -> datetime:
    seconds, rest = divmod(nanoseconds // 1000, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
