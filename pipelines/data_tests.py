"""The data tests of a stage, as dbt compiled them, asked one after the other on one connection.

dbt itself takes longer to prepare a test than DuckDB to answer it; `dbt test` asks the same ones.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from pipelines.dbt_project import DataTest
from pipelines.errors import GateStoppedError, RunFailedError


def ask_tests(
    connection: duckdb.DuckDBPyConnection, tests: Iterable[DataTest], compiled_dir: Path
) -> int:
    """How many tests held. Queries of those that did not are left in `compiled_dir`.

    Errors: GateStoppedError when a test found rows, RunFailedError when one could not be asked.
    """
    count, failed = 0, []
    for test in tests:
        count += 1
        if found := _rows_found(connection, test):
            failed.append((test, found))
    if failed:
        raise _stopped(failed, compiled_dir)
    return count


def _rows_found(connection: duckdb.DuckDBPyConnection, test: DataTest) -> int:
    try:
        [(found,)] = connection.execute(f"select count(*) from ({test.sql}) as rows").fetchall()
    except duckdb.Error as error:
        raise RunFailedError("a data test could not be asked", test.name, str(error)) from error
    return int(found)


def _stopped(failed: list[tuple[DataTest, int]], compiled_dir: Path) -> GateStoppedError:
    compiled_dir.mkdir(parents=True, exist_ok=True)
    for test, _ in failed:
        (compiled_dir / f"{test.name}.sql").write_text(test.sql, "utf-8")
    return GateStoppedError(
        f"{len(failed)} data test(s) failed",
        "; ".join(f"{test.name}: found {found} rows, expected none" for test, found in failed),
        f"run the compiled query to see the rows: {compiled_dir / failed[0][0].name}.sql",
    )
