"""The command `unitecon query`: one question to the published file, as a table or as CSV.

With `--build` the build database answers instead, which holds single requests and raw rows.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.console import Console
from pipelines.errors import UsageError
from pipelines.settings import Settings
from pipelines.warehouse import connect_reader

# A spreadsheet takes text that begins like this for a formula (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Question:
    """One select, of which file it is asked, and how the answer is shown."""

    sql: str
    of_build: bool
    as_csv: bool
    limit: int

    @property
    def most(self) -> int:
        """Rows to fetch for the screen: one more than shown tells whether there are more."""
        return self.limit + 1


def query(settings: Settings, console: Console, question: Question) -> int:
    """Print what the file answers; CSV has every row, the screen the first `limit`.

    The file is opened read-only and nothing beside it can be reached. Errors: UsageError when
    there is no such file yet, for SQL that it cannot answer, and for the build database while a run
    is at work on it.
    """
    file = settings.warehouse if question.of_build else settings.published_file
    if not file.is_file():
        raise UsageError(
            "a query needs a file that a run has made", str(file), "run `unitecon run`"
        )
    names, rows = _answer(file, question)
    if question.as_csv:
        console.write(csv_text(names, rows))
        return 0
    console.table(names, rows[: question.limit])
    if len(rows) > question.limit:
        console.complain(f"the first {question.limit} rows; --limit or --csv for more")
    return 0


def _answer(file: Path, question: Question) -> tuple[list[str], list[tuple[object, ...]]]:
    try:
        with connect_reader(file) as connection:
            cursor = connection.execute(question.sql)
            names = [name for name, *_ in cursor.description or []]
            return names, (
                cursor.fetchall() if question.as_csv else cursor.fetchmany(question.most)
            )
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise UsageError(
            "the build database answers while no run is at work", str(file), "ask again later"
        ) from error
    except duckdb.Error as error:
        tables = 'the tables: unitecon query "show all tables"'
        raise UsageError("a query is one select", str(error), tables) from error


def csv_text(names: list[str], rows: list[tuple[object, ...]]) -> str:
    """Rows as CSV in which no text is a formula to a spreadsheet; numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_harmless(name) for name in names])
    writer.writerows([[_harmless(value) for value in row] for row in rows])
    return out.getvalue()


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
