"""Large gzip files as DuckDB reads them: inflated once, by us, and checked on the way.

DuckDB inflates at a third of the speed and does not look at the checksum. So it is given a file
system of its own, in which such a file is its content; the size of it is what the end mark of the
file says. Whether that was true, whether the checksum is right and nothing follows is known when
the last byte was read, and demanded before anything is kept. What is wrong with a file is said by
its survey (`take_fingerprint`), for which it is read once more.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING

import duckdb
from fsspec import AbstractFileSystem  # type: ignore[import-untyped]  # ships no types

from pipelines.fault_points import reached
from pipelines.loading.compression import (
    BrokenCompressionError,
    announced_bytes,
    blocks_of,
    inflate,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SCHEME = "inflated"
# Threads are handed places of a file in order and read them out of order. One that died does not
# keep the others waiting for ever.
PATIENCE_SECONDS = 60


class Content:
    """What a gzip file holds, read once from its beginning to its end by any number of threads."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened before it is read. Errors: OSError for a file that is not there."""
        self.size = announced_bytes(path)
        self.broken: BaseException | None = None
        self._pieces = inflate(blocks_of(path), "gzip")
        self._rest = b""
        self._position = 0
        self._turn = Condition()

    def read(self, position: int, count: int) -> bytes:
        """The bytes from there on, once those before are read.

        Errors: BrokenCompressionError when the file is not whole or holds less than it announces,
        or when nobody has read what comes before.
        """
        reached("load: inflating")
        with self._turn:
            self._turn.wait_for(lambda: self.broken or self._position >= position, PATIENCE_SECONDS)
            if self.broken:
                raise BrokenCompressionError("another part of it could not be read")
            try:
                pieces = list(self._next(position, count))
            except BaseException as error:
                self.broken = error
                raise
            else:
                self._position += count
            finally:
                self._turn.notify_all()
        return b"".join(pieces)

    def finish(self) -> None:
        """Errors: BrokenCompressionError unless all was read and the end of the file is sound."""
        if self._rest or any(self._pieces):
            raise BrokenCompressionError("it holds more than its end mark announces")

    def _next(self, position: int, count: int) -> Iterator[bytes]:
        if self._position != position:
            raise BrokenCompressionError("its parts were not read in their order")
        missing = count
        while missing:
            piece = self._rest or self._piece()
            self._rest = piece[missing:]
            missing -= min(missing, len(piece))
            yield piece[: len(piece) - len(self._rest)]

    def _piece(self) -> bytes:
        piece = next(self._pieces, None)
        if piece is None:
            raise BrokenCompressionError("it holds less than its end mark announces")
        # DuckDB passes over them at the end of a file
        if b"\0" in piece:
            raise BrokenCompressionError("it holds NUL bytes")
        return piece


class OpenContent:
    """One thread's view of a content, as a file that is open for reading."""

    def __init__(self, content: Content) -> None:
        """At the beginning of the content."""
        self.closed = False
        self._content = content
        self._position = 0

    def read(self, count: int) -> bytes:
        """The next bytes. Errors: BrokenCompressionError, as `Content.read`."""
        data = self._content.read(self._position, count)
        self._position += len(data)
        return data

    def seek(self, position: int) -> int:
        """Go to a place, counted from the beginning."""
        self._position = position
        return position

    def tell(self) -> int:
        """The place that is read next."""
        return self._position

    def close(self) -> None:
        """Nothing to do: the content closes its file at its end."""
        self.closed = True


class InflatedFiles(AbstractFileSystem):  # type: ignore[misc]  # as above
    """Files by their place in a list: `inflated://0` is the content of the first."""

    protocol = SCHEME
    cachable = False

    def __init__(self, paths: Sequence[Path]) -> None:
        """Errors: OSError for a file that is not there."""
        super().__init__()
        self.contents = [Content(path) for path in paths]

    @property
    def names(self) -> list[str]:
        """What DuckDB is told to read."""
        return [f"{SCHEME}://{place}" for place in range(len(self.contents))]

    def open(self, path: str, *_: object, **__: object) -> OpenContent:
        """The content from its beginning; whatever is read of it is read once."""
        return OpenContent(self._content(path))

    def info(self, path: str, **_: object) -> dict[str, object]:
        """Name, type and the size that the file announces, in bytes."""
        return {"name": path, "type": "file", "size": self._content(path).size}

    def _content(self, path: str) -> Content:
        return self.contents[int(path.removeprefix(f"{SCHEME}://"))]


@contextmanager
def inflated(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> Iterator[list[str]]:
    """The names under which DuckDB finds the content of these files while the block lasts.

    Errors: BrokenCompressionError when one of them is not sound or, at the end, not read whole.
    """
    files = InflatedFiles(paths)
    connection.register_filesystem(files)
    try:
        yield files.names
    except duckdb.Error as error:
        # what was raised in the middle of DuckDB's reading comes back as a text
        for content in files.contents:
            if content.broken:
                raise content.broken from error
        raise
    finally:
        connection.unregister_filesystem(SCHEME)
    for content in files.contents:
        content.finish()
