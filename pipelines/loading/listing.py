"""The one look at the landing that a run takes: what stands there, its size and its time."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pipelines.loading.arrivals import FileMessage, changed_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pipelines.sources.feeds import Feed

PASSED_OVER_PREFIXES = ("_", ".")
PASSED_OVER_SUFFIXES = (".part", ".sha256", ".mapping.yml")
FILES = pl.Schema({"path": pl.String(), "bytes": pl.Int64(), "modified_at": pl.Datetime("us")})


@dataclass(frozen=True)
class Listing:
    """What stood in the landing when a run began, and what was left alone with the reason.

    `files` has one row per deliverable file: its path below the landing, its size, and when it was
    last changed, in UTC. A table, because a landing of years has more files than objects are made
    of in a moment.
    """

    files: pl.DataFrame
    messages: tuple[FileMessage, ...]


def list_landing(landing: Path, feeds: Mapping[str, Feed]) -> Listing:
    """Every deliverable file; nothing is opened, and every file is asked about once.

    Passed over in silence: names that begin with `_` or `.`, or end with `.part` or `.sha256`.
    """
    rows: list[tuple[str, int, int]] = []
    messages = list(_strangers(landing, {feed.lands_in for feed in feeds.values()}))
    root = landing.resolve()
    for name in dict.fromkeys(feed.lands_in for feed in feeds.values()):
        is_inside = _resolved(landing / name).is_relative_to(root)
        for relative, entry in walk(landing / name, name):
            refusal = _refusal(relative, entry, root if is_inside else None)
            status = None if refusal else _status_of(entry)
            if status is None:
                messages.append(refusal or changed_message(relative))
            else:
                rows.append((relative, status.st_size, status.st_mtime_ns // 1000))
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    files = pl.DataFrame(dict(zip(FILES, columns, strict=True)), schema=FILES)
    return Listing(files, tuple(messages))


def settled(
    listing: Listing, *, min_age_seconds: float, now: datetime
) -> tuple[pl.DataFrame, list[FileMessage]]:
    """The files that may be read, and a message for each that may still be growing.

    A file from the future is no young one: the clock may have been set back.
    """
    age = (pl.lit(now.replace(tzinfo=None)) - pl.col("modified_at")).abs()
    is_young = age < timedelta(seconds=min_age_seconds)
    young = listing.files.filter(is_young)["path"]
    return listing.files.filter(~is_young), [_too_young(path, min_age_seconds) for path in young]


def walk(folder: Path, relative: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """What stands below a folder and may be a delivery, each with its path below the landing.

    Links are not followed. Nothing is asked of the disk here but the lists of names.
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


def _status_of(entry: os.DirEntry[str]) -> os.stat_result | None:
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
