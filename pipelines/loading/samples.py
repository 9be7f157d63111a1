"""What a file is, judged by its first bytes: container, columns, delimiter."""

from __future__ import annotations

import csv
import json
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

import duckdb

from pipelines.loading.fingerprints import PARQUET_MAGIC, Fingerprint, Problem
from pipelines.sources.format import Sample
from pipelines.sources.quoting import literal_path

if TYPE_CHECKING:
    from pathlib import Path

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DELIMITERS = (",", ";", "\t", "|")
LINES_SAMPLED = 100
JSON_ARRAY = Problem(
    "json_lines",
    "the file is one JSON list",
    "deliver one JSON object per line, for example with: jq -c '.[]'",
)
REPEATED_COLUMN = "deliver each column once; names are compared without regard to case"
HALF_PARQUET = "deliver the Parquet file again, under a .part name that is renamed when complete"


def sample_of(
    connection: duckdb.DuckDBPyConnection, path: Path, fingerprint: Fingerprint
) -> Sample | Problem:
    """What the beginning of the file shows, or why it shows nothing."""
    head = fingerprint.head.removeprefix(BYTE_ORDER_MARK)
    start = head.lstrip()[:1]
    if head.startswith(PARQUET_MAGIC):
        return _parquet(connection, path)
    if start == b"[":
        return JSON_ARRAY
    if start == b"{":
        columns = _keys_of(head)
        return Sample("jsonl", head, fingerprint.compression, columns)
    if start == b"<":
        return Sample("xml", head, fingerprint.compression)
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
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            keys.update(dict.fromkeys(record, ""))
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
