"""The command `unitecon query`: one question to the published file, as a table or as CSV."""

import csv
import io

import duckdb

from pipelines.console import Console
from pipelines.errors import UsageError
from pipelines.settings import Settings
from pipelines.warehouse import connect_reader

# A spreadsheet takes text that begins like this for a formula (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def query(settings: Settings, console: Console, sql: str, *, as_csv: bool, limit: int) -> int:
    """Print what the published file answers; CSV has every row, the screen the first `limit`.

    The file is opened read-only and nothing beside it can be reached. Errors: UsageError when
    nothing is published yet, and for SQL that the file cannot answer.
    """
    if not settings.published_file.is_file():
        raise UsageError(
            "a query needs a published file", str(settings.published_file), "run `unitecon run`"
        )
    try:
        with connect_reader(settings.published_file) as connection:
            cursor = connection.execute(sql)
            names = [name for name, *_ in cursor.description or []]
            rows = cursor.fetchall() if as_csv else cursor.fetchmany(limit + 1)
    except duckdb.Error as error:
        tables = 'the tables: unitecon query "show all tables"'
        raise UsageError(
            "a query is one select on the published file", str(error), tables
        ) from error
    if as_csv:
        console.write(csv_text(names, rows))
        return 0
    console.table(names, rows[:limit])
    if len(rows) > limit:
        console.complain(f"the first {limit} rows; --limit or --csv for more")
    return 0


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
