"""`make bench-formats`: loading each format beside DuckDB's own reader of the same columns.

The loader's time is all of it: finding the file, its SHA-256, checking the compression, judging
every row, keys and duplicates, the ledger. The reader's is `create table as select` of the columns
that the format reads, typed alike. Both take turns in one process, each in a fresh database file.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.format_files import CASES, Case, write_case
from pipelines.console import Console
from pipelines.loading.compression import blocks_of, inflate
from pipelines.loading.fingerprints import Problem, take_fingerprint
from pipelines.loading.load import load
from pipelines.loading.readers import reader_parameters, source_sql
from pipelines.loading.recognition import Recognised, recognise
from pipelines.loading.samples import sample_of
from pipelines.settings import PROJECT_DIR
from pipelines.sources.feeds import read_feeds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FEEDS = read_feeds(PROJECT_DIR / "models" / "sources")
CACHE = Path(__file__).parent / ".cache" / "formats"
LAST_DAY = date(2026, 11, 30)
TINY_FILES = 10_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every case and print one line each; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000, help="rows per file")
    parser.add_argument("--repeats", type=int, default=3, help="turns each takes")
    options = parser.parse_args(arguments)
    console = Console()
    console.say(f"{options.rows:,} rows a file, {options.repeats} turns, median seconds\n")
    lines = [_line(case, options.rows, options.repeats) for case in CASES]
    names = ("format", "MB", "DuckDB s", "load s", "ratio", "rows/s", "MB/s")
    console.table(names, [*lines, _tiny_files(options.repeats)])
    return 0


def _line(case: Case, rows: int, repeats: int) -> tuple[str, ...]:
    landing = CACHE / f"{rows}" / case.file
    with duckdb.connect() as connection:
        path = write_case(connection, case, landing, rows=rows)
    size = sum(map(len, inflate(blocks_of(path), take_fingerprint(path).compression))) / 1e6
    readers, loads = [], []
    for _ in range(repeats):
        readers.append(_timed(_plain_reader(path, case, rows)))
        loads.append(_timed(lambda db: _load(db, landing, rows)))
    plain, full = statistics.median(readers), statistics.median(loads)
    figures = (f"{size:,.0f}", f"{plain:.2f}", f"{full:.2f}", f"{full / plain:.2f}")
    return (case.name, *figures, f"{rows / full:,.0f}", f"{size / full:,.0f}")


def _tiny_files(repeats: int) -> tuple[str, ...]:
    """Ten thousand files of one row: what a file costs beside its rows."""
    folder = CACHE / "tiny" / "inference_logs"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(TINY_FILES - len(list(folder.iterdir()))):
        row = f'{{"request_id": "t{number}", "started_at": "2026-10-01", "model": "m"}}\n'
        (folder / f"{number}.jsonl").write_text(row, "utf-8")
    loads = [_timed(lambda db: _load(db, folder.parent, TINY_FILES)) for _ in range(repeats)]
    seconds = statistics.median(loads)
    return (f"{TINY_FILES:,} files of a row", "", "", f"{seconds:.2f}", "",
            f"{TINY_FILES / seconds:,.0f}", "")  # fmt: skip


def _timed(work: Callable[[duckdb.DuckDBPyConnection], None]) -> float:
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        config: dict[str, str | bool | int | float | list[str]] = {
            "storage_compatibility_version": "v1.2.0",
            "threads": os.cpu_count() or 1,
        }
        with duckdb.connect(f"{scratch}/bench.duckdb", config=config) as connection:
            connection.execute("set TimeZone = 'UTC'")
            started = time.monotonic()
            work(connection)
            return time.monotonic() - started


def _plain_reader(path: Path, case: Case, rows: int) -> Callable[[duckdb.DuckDBPyConnection], None]:
    """DuckDB's reader of the columns that the format reads, with all that is known beforehand."""
    with duckdb.connect() as connection:
        sample = sample_of(connection, path, take_fingerprint(path))
    found = sample if isinstance(sample, Problem) else recognise(sample, FEEDS[case.feed], FEEDS)
    if isinstance(sample, Problem) or not isinstance(found, Recognised):
        raise TypeError(found)
    query = source_sql(sample, found.reading, numbered=False)
    parameters = {**reader_parameters(sample, found.reading), "paths": [str(path)]}

    def read(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"create table plain as {query}", parameters)
        _demand(connection, "plain", rows)

    return read


def _load(connection: duckdb.DuckDBPyConnection, landing: Path, rows: int) -> None:
    summary = load(connection, landing=landing, feeds=FEEDS, run_id="bench", as_of=LAST_DAY)
    if summary.rows_loaded != rows:
        raise ValueError(f"{summary.rows_loaded} of {rows} rows were loaded: {summary.messages}")


def _demand(connection: duckdb.DuckDBPyConnection, table: str, rows: int) -> None:
    found = connection.execute(f"select count(*) from {table}").fetchall()[0][0]
    if found != rows:
        raise ValueError(f"{found} of {rows} rows were read")


if __name__ == "__main__":
    sys.exit(main())
