"""One file, record by record, with line numbers: for when something in it is wrong."""

from __future__ import annotations

import csv
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.loading.compression import blocks_of, inflate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipelines.sources.format import Compression, Sample

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A quote that is never closed would swallow the rest of the file as one value.
LINES_PER_RECORD = 200
LONGEST_FIELD = 1 << 30

NOT_UTF_8 = ("utf_8_text", "the line is not UTF-8", "save the file as UTF-8")
UNCLOSED = (
    "closed_quotes",
    "a quote is opened or closed where it may not be",
    "quote whole values",
)


@dataclass(frozen=True)
class Record:
    """One record: the line it starts on, its raw text, its values, or what is wrong with it.

    `problem` is rule, reason and remedy. JSON records have no `values`: DuckDB reads their text. A
    record without a line stands for the whole file.
    """

    line: int | None
    text: str
    values: Sequence[str] | None = None
    problem: tuple[str, str, str] | None = None


def json_records(path: Path, compression: Compression) -> Iterator[Record]:
    """Every line of a file of JSON lines that is not blank."""
    for number, line in enumerate(_lines(path, compression), 1):
        if line.strip():
            yield _decoded(number, line)


def json_document(path: Path, compression: Compression) -> Record:
    """A file that is one JSON document, as one record."""
    content = b"".join(inflate(blocks_of(path), compression))
    return _decoded(1, content.removeprefix(BYTE_ORDER_MARK))


def csv_records(path: Path, sample: Sample) -> Iterator[Record]:
    """Every record of a CSV file below its header, with as many values as the header has names.

    A broken record costs its own first line; reading resumes on the next one.
    """
    csv.field_size_limit(LONGEST_FIELD)
    lines = _Pushback(_lines(path, sample.compression))
    _parse(lines, sample.delimiter)
    while lines.has_more():
        start = lines.number + 1
        values, taken = _parse(lines, sample.delimiter)
        if values is not None and len(values) == len(sample.columns):
            yield _checked(start, taken, values)
        elif b"".join(taken).strip():
            lines.give_back(taken[1:])
            record = _decoded(start, taken[0])
            yield (
                record
                if record.problem
                else Record(start, record.text, None, _wrong(values, sample))
            )


def _parse(lines: _Pushback, delimiter: str) -> tuple[list[str] | None, list[bytes]]:
    """The values of the next record, None if its quotes are wrong, and the lines it took."""
    taken: list[bytes] = []

    def decoded() -> Iterator[str]:
        while len(taken) < LINES_PER_RECORD and lines.has_more():
            taken.append(lines.take())
            yield taken[-1].decode("utf-8", errors="surrogateescape")

    try:
        return next(csv.reader(decoded(), delimiter=delimiter, strict=True), []), taken
    except csv.Error:
        return None, taken


def _checked(start: int, taken: Sequence[bytes], values: Sequence[str]) -> Record:
    record = _decoded(start, b"".join(taken))
    return record if record.problem else Record(start, record.text, values)


def _wrong(values: Sequence[str] | None, sample: Sample) -> tuple[str, str, str]:
    if values is None:
        return UNCLOSED
    reason = f"the line has {len(values)} values, the header {len(sample.columns)} names"
    return "as_many_values_as_names", reason, "quote values that hold the delimiter"


def _decoded(number: int, line: bytes) -> Record:
    try:
        return Record(number, line.decode("utf-8").rstrip("\r\n"))
    except UnicodeDecodeError:
        return Record(number, line.decode("utf-8", errors="replace"), None, NOT_UTF_8)


def _lines(path: Path, compression: Compression) -> Iterator[bytes]:
    """Lines with their ends, without the byte order mark; a lone carriage return ends no line."""
    rest = b""
    first = True
    for piece in inflate(blocks_of(path), compression):
        content = rest + piece
        if first and len(content) >= len(BYTE_ORDER_MARK):
            content, first = content.removeprefix(BYTE_ORDER_MARK), False
        *whole, rest = content.split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest


class _Pushback:
    """Lines that can be given back, and the number of the last one taken."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._returned: deque[bytes] = deque()
        self.number = 0

    def has_more(self) -> bool:
        if not self._returned:
            self._returned.extend(line for line in [next(self._lines, None)] if line is not None)
        return bool(self._returned)

    def take(self) -> bytes:
        self.number += 1
        return self._returned.popleft()

    def give_back(self, lines: Sequence[bytes]) -> None:
        self.number -= len(lines)
        self._returned.extendleft(reversed(lines))
