"""The floor: one DuckDB script, written by hand for this company, without dbt and without checks.

Started as a process of its own: `python benchmarks/floor.py LANDING DATABASE MEMORY_LIMIT THREADS`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

STEPS = ("load", "usage", "allocation", "margin")
SETTINGS = "set TimeZone = 'UTC'; set preserve_insertion_order = false"


def run_floor(
    landing: Path, database: Path, *, memory_limit: str, threads: int
) -> dict[str, float]:
    """Seconds of every step; the result is the table `margins` of the new database.

    Errors: duckdb.Error where a file differs from what the script was written for.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "storage_compatibility_version": "v1.2.0",
        "memory_limit": memory_limit,
        "threads": threads,
    }
    seconds: dict[str, float] = {}
    with duckdb.connect(str(database), config=config) as connection:
        connection.execute(SETTINGS)
        connection.execute("set variable landing = ?", [str(landing)])
        for step in STEPS:
            started = time.monotonic()
            script = Path(__file__).with_name(f"floor_{step}.sql")
            connection.execute(script.read_text("utf-8"))
            seconds[step] = time.monotonic() - started
    return seconds


if __name__ == "__main__":
    taken = run_floor(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        memory_limit=sys.argv[3],
        threads=int(sys.argv[4]),
    )
    sys.stdout.write(json.dumps(taken))
