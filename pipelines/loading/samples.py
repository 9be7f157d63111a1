"""What a file is, judged by its first bytes: container, columns, delimiter."""

from __future__ import annotations

import csv
import json
import re
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

import duckdb

from pipelines.loading.fingerprints import OPENING_LINE, PARQUET_MAGIC, Fingerprint, Problem
from pipelines.sources.format import Sample
from pipelines.sources.quoting import literal_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.sources.format import Container

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DELIMITERS = (",", ";", "\t", "|")
LINES_SAMPLED = 100
# `json.loads` looks anew for the encoding of each line.
DECODER = json.JSONDecoder()
DOCUMENT_MAGIC: Mapping[Container, bytes] = {
    "pdf": b"%PDF-",
    "sqlite": b"SQLite format 3\0",
    "xml": b"<",
}
JSON_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:]')
REPEATED_COLUMN = "deliver each column once; names are compared without regard to case"
HALF_PARQUET = "deliver the Parquet file again, under a .part name that is renamed when complete"


def sample_of(
    connection: duckdb.DuckDBPyConnection, path: Path, fingerprint: Fingerprint
) -> Sample | Problem:
    """What the beginning of the file shows, or why it shows nothing."""
    head = fingerprint.head.removeprefix(BYTE_ORDER_MARK)
    start = head.lstrip()
    if head.startswith(PARQUET_MAGIC):
        return _parquet(connection, path)
    for container, magic in DOCUMENT_MAGIC.items():
        if start.startswith(magic):
            return Sample(container, head, fingerprint.compression)
    if start.startswith((b"[", b"{")):
        is_document = start.startswith(b"[") or OPENING_LINE.match(start) is not None
        columns = _outer_keys(start) if is_document else _keys_of(head)
        return Sample("json" if is_document else "jsonl", head, fingerprint.compression, columns)
    return _csv(head, fingerprint)


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Sample | Problem:
    try:
        rows = connection.execute(
            "select column_name, column_type from (describe select * from read_parquet(?))",
            [[literal_path(str(path))]],
        ).fetchall()
    except duckdb.Error as error:
        reason = f"the Parquet file cannot be read: {str(error).splitlines()[0]}"
        return Problem("whole_parquet_file", reason, HALF_PARQUET)
    return Sample("parquet", PARQUET_MAGIC, "none", dict(rows))


def _keys_of(head: bytes) -> dict[str, str]:
    """The keys of the first objects; a line that is broken, or cut by the head, counts not."""
    keys: dict[str, str] = {}
    for line in islice(BytesIO(head), LINES_SAMPLED):
        try:
            record = DECODER.decode(line.decode())
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            keys.update(dict.fromkeys(record, ""))
    return keys or _outer_keys(head)


def _outer_keys(head: bytes) -> dict[str, str]:
    """The keys of the outermost object, or of the objects in the outermost list, as far as seen."""
    keys: dict[str, str] = {}
    wanted, depth, last = 2 if head.startswith(b"[") else 1, 0, b""
    for token in JSON_TOKENS.findall(head):
        depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(token, 0)
        if token == b":" and depth == wanted:
            keys[last.strip(b'"').decode("utf-8", errors="replace")] = ""
        last = token
    return keys


def _csv(head: bytes, fingerprint: Fingerprint) -> Sample | Problem:
    text = head.decode("utf-8", errors="replace")
    headers = {delimiter: _header(text, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda each: len(headers[each]))
    names = [
        name.strip() or f"(column {place})" for place, name in enumerate(headers[delimiter], 1)
    ]
    folded = [name.casefold() for name in names]
    if repeated := sorted({name for name in names if folded.count(name.casefold()) > 1}):
        reason = f"the header names a column twice: {', '.join(repeated)}"
        return Problem("distinct_columns", reason, REPEATED_COLUMN)
    columns = dict.fromkeys(names, "")
    return Sample("csv", head, fingerprint.compression, columns, delimiter)


def _header(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        return []
