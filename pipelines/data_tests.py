"""The data tests of a stage, as dbt compiled them, asked of DuckDB itself, two at a time.

dbt itself takes longer to prepare a test than DuckDB to answer it; `dbt test` asks the same ones.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from pipelines.dbt_project import DataTest
from pipelines.errors import GateStoppedError, RunFailedError

# Nearly all of them are answered sooner than DuckDB has planned them, and it plans with one thread.
AT_ONCE = 2


def ask_tests(
    connection: duckdb.DuckDBPyConnection, tests: Iterable[DataTest], compiled_dir: Path
) -> int:
    """How many tests held. Queries of those that did not are left in `compiled_dir`.

    Errors: GateStoppedError when a test found rows, RunFailedError when one could not be asked.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda test: (test, _rows_found(connection, test)), tests))
    if failed := [(test, found) for test, found in answers if found]:
        raise _stopped(failed, compiled_dir)
    return len(answers)


def _rows_found(connection: duckdb.DuckDBPyConnection, test: DataTest) -> int:
    query = f"select count(*) from ({test.sql}) as rows"
    try:
        with connection.cursor() as cursor:
            [(found,)] = cursor.execute(query).fetchall()
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
