"""The draft of a publication: a copy of the file before it, begun while the night is at work.

What is published does not change before it is replaced, so that the copy need not wait for the
marts. It is a head start and no more: a publication takes it only where it is whole and the file it
was made from is still the published one, and copies anew otherwise.
"""

import os
import shutil
import threading
from contextlib import suppress
from io import FileIO
from pathlib import Path

# The kernel copies a portion without Python, whose other threads are at work meanwhile.
PORTION = 1 << 26


class HeadStart:
    """A copy of the published file that is made beside the night's other work."""

    def __init__(self, published: Path) -> None:
        """Nothing is copied before it is begun."""
        self._published = published
        self._copying: threading.Thread | None = None
        self._is_given_up = threading.Event()
        self._made_from: tuple[int, ...] = ()

    def begin(self) -> None:
        """Copy in a thread; whatever keeps it from being copied, the publication meets as well."""
        with suppress(OSError):
            source = FileIO(self._published)
            target = FileIO(draft_of(self._published), "w")
            self._copying = threading.Thread(target=self._copy, args=(source, target), daemon=True)
            self._copying.start()

    def is_whole(self) -> bool:
        """When the copy has ended: True where it is whole, and of the file that is published."""
        if self._copying is None:
            return False
        self._copying.join()
        return self._made_from == _identity(self._published.stat())

    def close(self) -> None:
        """Remove what was copied; a thread that is still at it writes to a file without a name."""
        self._is_given_up.set()
        if self._copying is not None:
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
                self._made_from = _identity(status)


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


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
