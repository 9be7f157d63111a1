"""One pass over a file: its SHA-256, its beginning, and whether it is whole."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from pipelines.loading.compression import (
    BrokenCompressionError,
    announced_bytes,
    blocks_of,
    compression_of,
    inflate,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.sources.format import Compression

# Long enough for the first line of a log that carries whole conversations.
HEAD_BYTES = 1 << 20
MAGIC_BYTES = 4
PARQUET_MAGIC = b"PAR1"
# A JSON document printed over several lines begins with a line that holds only its brace.
OPENING_LINE = re.compile(rb"\{[ \t]*\r?\n")
BINARY_MAGICS = (PARQUET_MAGIC, b"%PDF", b"SQLi")
# A log compresses ten to thirty times; what inflates beyond this is meant to fill the disk.
MAX_INFLATION = 1000
MAX_UNQUESTIONED_BYTES = 1 << 30
# DuckDB reads JSON objects of 16 MiB; reading a line takes forty times its length in memory.
LONGEST_LINE_BYTES = 16 << 20


@dataclass(frozen=True)
class Problem:
    """Why a whole file cannot be read: the rule, the reason, the remedy."""

    rule: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Fingerprint:
    """What one pass over the file showed; `head` is its beginning, decompressed.

    Where only the beginning of its content was looked at, who reads the file checks the rest of it.
    """

    sha256: str
    compression: Compression
    head: bytes
    content_bytes: int
    problem: Problem | None
    is_surveyed: bool = True


def glance_at(path: Path) -> Fingerprint:
    """The fingerprint of a large gzip file of JSON lines by the beginning of its content alone.

    Of any other file the whole one. Errors: OSError when the file cannot be read.
    """
    digest = hashlib.sha256()
    blocks = _hashed(path, digest)
    head = _beginning(blocks)
    is_large = len(head) == HEAD_BYTES and announced_bytes(path) <= _plausible_bytes(path)
    is_lines = head.startswith(b"{") and OPENING_LINE.match(head) is None
    if not (is_large and is_lines):
        return take_fingerprint(path)
    for _ in blocks:
        pass
    sha256 = digest.hexdigest()
    problem = _mismatch(path, sha256)
    return Fingerprint(sha256, "gzip", head, len(head), problem, is_surveyed=False)


def take_fingerprint(path: Path) -> Fingerprint:
    """The fingerprint of a file; broken compression, NUL bytes and a wrong checksum are problems.

    Errors: OSError when the file cannot be read.
    """
    with path.open("rb") as stream:
        start = stream.read(MAGIC_BYTES)
    compression = compression_of(start)
    digest = hashlib.sha256()
    blocks = _hashed(path, digest)
    head, count, problem = _survey(path, inflate(blocks, compression), start)
    for _ in blocks:
        pass
    sha256 = digest.hexdigest()
    return Fingerprint(sha256, compression, head, count, problem or _mismatch(path, sha256))


def _beginning(blocks: Iterator[bytes]) -> bytes:
    """The content of a gzip file as far as the head goes, or as it is sound; else nothing."""
    first = next(blocks, b"")
    if compression_of(first) != "gzip":
        return b""
    pieces, count = [], 0
    with suppress(BrokenCompressionError):
        for piece in inflate(chain([first], blocks), "gzip"):
            pieces.append(piece)
            count += len(piece)
            if count >= HEAD_BYTES:
                break
    return b"".join(pieces)[:HEAD_BYTES]


def _plausible_bytes(path: Path) -> int:
    return max(MAX_INFLATION * path.stat().st_size, MAX_UNQUESTIONED_BYTES)


def _survey(path: Path, pieces: Iterator[bytes], start: bytes) -> tuple[bytes, int, Problem | None]:
    beginning: list[bytes] = []
    count, problem = 0, None
    limit = _plausible_bytes(path)
    open_line, has_nul, is_text = 0, False, start not in BINARY_MAGICS
    try:
        for piece in pieces:
            if count < HEAD_BYTES:
                beginning.append(piece[: HEAD_BYTES - count])
            count += len(piece)
            open_line = _open_line(open_line, piece)
            has_nul = has_nul or b"\0" in piece
            if count > limit:
                problem = IMPLAUSIBLE
                break
            if open_line > LONGEST_LINE_BYTES and is_text:
                problem = LONG_LINE
                break
    except BrokenCompressionError as error:
        problem = _broken(error)
    head = b"".join(beginning)
    if problem is None and has_nul and is_text:
        problem = UTF_16 if head.startswith((b"\xff\xfe", b"\xfe\xff")) else NUL_BYTES
    return head, count, problem


def _open_line(length: int, piece: bytes) -> int:
    """How long the line is that the piece leaves open, when one of this length was open before."""
    end = piece.rfind(b"\n")
    return length + len(piece) if end < 0 else len(piece) - end - 1


def _hashed(path: Path, digest: hashlib._Hash) -> Iterator[bytes]:
    for block in blocks_of(path):
        digest.update(block)
        yield block


def _mismatch(path: Path, sha256: str) -> Problem | None:
    announced = path.with_name(f"{path.name}.sha256")
    if not announced.is_file():
        return None
    expected = announced.read_text("utf-8", errors="replace").split()[:1]
    if [sha256] == [word.lower() for word in expected]:
        return None
    return Problem(
        "checksum_matches",
        f"the file's SHA-256 is {sha256}, {announced.name} announces"
        f" {' '.join(expected) or 'nothing'}",
        "deliver the file and its checksum again",
    )


def _broken(error: BrokenCompressionError) -> Problem:
    return Problem(
        "whole_compressed_file",
        f"the compressed file is cut off or damaged: {error}",
        "deliver it again, under a .part name that is renamed when complete",
    )


IMPLAUSIBLE = Problem(
    "plausible_compression",
    f"it inflates to more than {MAX_INFLATION} times its size",
    "deliver it less compressed, in several files",
)
LONG_LINE = Problem(
    "lines_of_bearable_length",
    f"a line is longer than {LONGEST_LINE_BYTES >> 20} MiB",
    "deliver one record a line; split a JSON document, for example with: jq -c '.[]'",
)
UTF_16 = Problem("utf_8_text", "the text is UTF-16", "save it as UTF-8 and deliver it again")
NUL_BYTES = Problem(
    "no_nul_bytes",
    "it holds NUL bytes: it is damaged, or no text",
    "deliver CSV, JSON lines or XML in UTF-8, or Parquet",
)
