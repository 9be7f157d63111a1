"""The draft of a publication: a copy of the file before it, begun while the night is at work.

What is published does not change before it is replaced, and facts do not once their gate has passed
them; so neither waits for the marts. It is a head start and no more: a publication takes it only
where it is whole and the file it was made from is still the published one, and begins anew
otherwise.
"""

import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path

import duckdb

from pipelines.errors import UniteconError

# The kernel copies a portion without Python, whose other threads are at work meanwhile.
PORTION = 1 << 26
# An interrupt ends a statement, not the next one.
INTERRUPT_EVERY_SECONDS = 0.05

Write = Callable[[duckdb.DuckDBPyConnection, Path], object]


class HeadStart:
    """A copy of the published file that is made beside the night's other work, and what follows."""

    def __init__(self, published: Path) -> None:
        """Nothing is copied before it is begun."""
        self._published = published
        self._copying: threading.Thread | None = None
        self._writing: threading.Thread | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._is_given_up = threading.Event()
        self._copied_from: tuple[int, ...] | None = None
        self._written_from: tuple[int, ...] | None = None

    def begin(self) -> None:
        """Copy in a thread; whatever keeps it from being copied, the publication meets as well."""
        with suppress(OSError):
            source = FileIO(self._published)
            target = FileIO(draft_of(self._published), "w")
            self._copying = threading.Thread(target=self._copy, args=(source, target), daemon=True)
            self._copying.start()

    def go_on(self, connection: duckdb.DuckDBPyConnection, write: Write) -> None:
        """Write into the copy, or into a new draft where there is none, in a thread.

        The connection is closed in the end. What fails is done again by the publication, which says
        why.
        """
        self._connection = connection
        self._writing = threading.Thread(target=self._write, args=(connection, write), daemon=True)
        self._writing.start()

    def is_whole(self) -> bool:
        """When the copy has ended: True where it is whole, and of the file that is published."""
        if self._copying is None:
            return False
        self._copying.join()
        return self._copied_from == _identity(self._published)

    def is_written(self) -> bool:
        """When the writing has ended: True where it was, into a copy of what is published."""
        self.let_go()
        return self._written_from == _identity(self._published)

    def let_go(self) -> None:
        """Wait until the writing has ended, and close its connection."""
        if self._writing is not None and self._connection is not None:
            self._writing.join()
            self._connection.close()

    def close(self) -> None:
        """Remove what was copied; a thread that is still at it writes to a file without a name."""
        self._is_given_up.set()
        if self._writing is not None and self._connection is not None:
            while self._writing.is_alive():
                self._connection.interrupt()
                self._writing.join(INTERRUPT_EVERY_SECONDS)
            self.let_go()
        if self._copying is not None or self._writing is not None:
            remove_draft(self._published)

    def _copy(self, source: FileIO, target: FileIO) -> None:
        with source, target:
            status = os.fstat(source.fileno())
            try:
                while not self._is_given_up.is_set() and os.sendfile(
                    target.fileno(), source.fileno(), None, PORTION
                ):
                    pass
                # what is on the disk by now, the publication need not wait for
                os.fsync(target.fileno())
            except OSError:
                # the night needs the room more
                target.truncate(0)
            if target.tell() == os.fstat(target.fileno()).st_size == status.st_size:
                self._copied_from = _told_by(status)

    def _write(self, connection: duckdb.DuckDBPyConnection, write: Write) -> None:
        with suppress(duckdb.Error, OSError, UniteconError):
            made_from = _identity(self._published)
            draft = begin_draft(self._published, self)
            # from here on it is no copy any more
            self._copied_from = None
            write(connection, draft)
            self._written_from = made_from


def draft_of(published: Path) -> Path:
    """Where the draft of a published file is written: beside it, and hidden."""
    return published.with_name(f".{published.name}.part")


def begin_draft(published: Path, start: HeadStart | None) -> Path:
    """The draft as a copy of the published file; no file where nothing has been published."""
    draft = draft_of(published)
    if published.is_file() and start is not None and start.is_whole():
        return draft
    remove_draft(published)
    if published.is_file():
        shutil.copyfile(published, draft)
    return draft


def remove_draft(published: Path) -> None:
    """Remove the draft, and the log of a database that was not closed."""
    draft = draft_of(published)
    for leftover in (draft, draft.with_name(f"{draft.name}.wal")):
        leftover.unlink(missing_ok=True)


def _identity(path: Path) -> tuple[int, ...]:
    """What tells a file from another that takes its place; nothing where there is none."""
    try:
        return _told_by(path.stat())
    except FileNotFoundError:
        return ()


def _told_by(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
