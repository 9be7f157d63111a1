"""Reading a file's content whether or not it is compressed, and noticing when it is not whole."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

import zstandard
from isal.igzip_lib import DECOMP_GZIP, IgzipDecompressor, IsalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pipelines.sources.format import Compression

BLOCK = 1 << 20
# Every piece waits once for Python, which is busy while modules are imported beside a load.
PIECE = 1 << 20
# One block of input must not inflate into all of memory at once.
ZSTD_SLICE = 1 << 12
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
# A gzip file ends with the length of its last member's content.
LENGTH = struct.Struct("<I")


class BrokenCompressionError(Exception):
    """The compressed data ends early, fails its checksum, or is followed by something else."""


def compression_of(start: bytes) -> Compression:
    """The compression that a file's first bytes announce."""
    if start.startswith(GZIP_MAGIC):
        return "gzip"
    return "zstd" if start.startswith(ZSTD_MAGIC) else "none"


def blocks_of(path: Path) -> Iterator[bytes]:
    """The file's bytes, a block at a time."""
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


def announced_bytes(path: Path) -> int:
    """What a gzip file says of the length of its content: true for one member below 4 GiB.

    Errors: OSError for a file that is not there, or is too short to say it.
    """
    with path.open("rb") as stream:
        stream.seek(-LENGTH.size, os.SEEK_END)
        return int(LENGTH.unpack(stream.read(LENGTH.size))[0])


def inflate(blocks: Iterable[bytes], compression: Compression) -> Iterator[bytes]:
    """The content of a file, a piece at a time.

    Errors: BrokenCompressionError when it is not whole; what came before was then not verified.
    """
    if compression == "gzip":
        return _gunzip(blocks)
    return _unzstd(blocks) if compression == "zstd" else iter(blocks)


def _gunzip(blocks: Iterable[bytes]) -> Iterator[bytes]:
    member = IgzipDecompressor(flag=DECOMP_GZIP)
    started = True
    try:
        for block in blocks:
            data = block
            while data:
                if member.eof:
                    member, started = IgzipDecompressor(flag=DECOMP_GZIP), False
                    # Members may be padded with zeros, as tar and tape do.
                    data = data.lstrip(b"\0")
                    continue
                started = True
                yield member.decompress(data, PIECE)
                while not (member.eof or member.needs_input):
                    yield member.decompress(b"", PIECE)
                data = member.unused_data if member.eof else b""
    except IsalError as error:  # type: ignore[misc]  # the stub forgets that it is an Exception
        raise BrokenCompressionError(str(error)) from error
    if started and not member.eof:
        raise BrokenCompressionError("the compressed data ends before its end mark")


def _unzstd(blocks: Iterable[bytes]) -> Iterator[bytes]:
    frame = zstandard.ZstdDecompressor().decompressobj()
    started = True
    try:
        for data in _slices(blocks):
            rest = data
            while rest:
                if frame.eof:
                    frame = zstandard.ZstdDecompressor().decompressobj()
                started = True
                yield frame.decompress(rest)
                rest = frame.unused_data if frame.eof else b""
    except zstandard.ZstdError as error:
        raise BrokenCompressionError(str(error)) from error
    if started and not frame.eof:
        raise BrokenCompressionError("the compressed data ends before its end mark")


def _slices(blocks: Iterable[bytes]) -> Iterator[bytes]:
    for block in blocks:
        for start in range(0, len(block), ZSTD_SLICE):
            yield block[start : start + ZSTD_SLICE]
