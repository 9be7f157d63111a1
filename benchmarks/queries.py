"""`make bench-queries`: how long a published file takes to answer, as a BI tool asks it.

Every mart whole and rolled up by each of its months, then every query of docs/questions.md.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipelines.console import Console
from pipelines.settings import PROJECT_DIR, resolve_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

QUESTIONS = PROJECT_DIR / "docs" / "questions.md"
SQL_BLOCK = re.compile(r"```sql\n(.*?)```", re.DOTALL)
MARTS = """
select
    table_name,
    list(column_name) filter (data_type = 'DATE') as dates,
    list(column_name) filter (data_type in ('DOUBLE', 'BIGINT') or data_type like 'DECIMAL%')
from duckdb_columns()
where schema_name = 'marts'
group by table_name
order by table_name
"""
MILLISECONDS = 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask everything and print the times, slowest first; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=resolve_settings().published_file)
    parser.add_argument("--repeats", type=int, default=5, help="how often each query is asked")
    options = parser.parse_args(arguments)
    console = Console()
    with duckdb.connect(str(options.file), read_only=True) as connection:
        asked = [*_of_marts(connection), *_of_questions()]
        times = {name: _milliseconds(connection, sql, options.repeats) for name, sql in asked}
    console.say(f"{options.file.stat().st_size / 1e6:,.0f} MB, {len(times)} queries")
    for name, (typical, first) in sorted(times.items(), key=lambda each: -each[1][0]):
        console.say(f"{name:<60}{typical:>9.1f} ms, the first time {first:>7.1f} ms")
    return 0


def _of_marts(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    for mart, dates, numbers in connection.execute(MARTS).fetchall():
        yield f"{mart}, whole", f"select * from marts.{mart}"
        sums = "".join(f', sum("{number}")' for number in numbers or ())
        for day in dates or ():
            yield f"{mart} by {day}", f'select "{day}", count(*){sums} from marts.{mart} group by 1'


def _of_questions() -> Iterator[tuple[str, str]]:
    blocks = SQL_BLOCK.findall(QUESTIONS.read_text("utf-8"))
    for number, sql in enumerate(blocks, 1):
        yield f"question {number}: {sql.splitlines()[0][:40]}", sql


def _milliseconds(
    connection: duckdb.DuckDBPyConnection, sql: str, repeats: int
) -> tuple[float, float]:
    """The median of some, and the first of them, which reads from the file."""
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        connection.execute(sql).fetchall()
        taken.append((time.perf_counter() - started) * MILLISECONDS)
    return median(taken), taken[0]


if __name__ == "__main__":
    sys.exit(main())
