"""Rows as a table that is read by people, by screen readers, and by the page's own script.

Every number carries its exact value beside the written one: charts, filters and downloads are made
from the table, so that there is one set of numbers on a page.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from pipelines.quality.html_pages import Html, text
from pipelines.report.reader import Row
from pipelines.report.units import is_month, label_of, stated_unit, unit_of, written

LONG = 40
# these are in the unit that the row states
IN_STATED_UNIT = frozenset(
    {"value", "ci_low", "ci_high", "goal", "first_value", "current_value", "change_value"}
)


def data_table(
    caption: str, columns: Sequence[str], rows: Sequence[Row], *, currency: str, goal_unit: str = ""
) -> Html:
    """A table of rows; the first column names the row, every number's heading its unit."""
    units = {column: unit_of(column, currency) or _goal(column, goal_unit) for column in columns}
    head = "".join(_heading(column, units[column], rows, currency) for column in columns)
    body = "".join(f"<tr>{_cells(columns, row, units, currency)}</tr>\n" for row in rows)
    return Html(
        f'<div class="scroll" role="region" tabindex="0" aria-label="{text(caption)}, table">\n'
        f"<table>\n<caption>{text(caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n</div>"
    )


def _goal(column: str, goal_unit: str) -> str:
    return goal_unit if column == "goal" else ""


def _heading(column: str, unit: str, rows: Sequence[Row], currency: str) -> str:
    kind = kind_of(column, rows)
    mark = f' <span class="unit">{text(unit)}</span>' if unit and kind == "number" else ""
    name = text(label_of(column, currency))
    return f'<th scope="col" class="{kind}" data-column="{text(column)}">{name}{mark}</th>'


def kind_of(column: str, rows: Sequence[Row]) -> str:
    """What a column holds: number, date or text."""
    known = next((row[column] for row in rows if row[column] is not None), None)
    if isinstance(known, bool):
        return "text"
    if isinstance(known, int | float | Decimal):
        return "number"
    return "date" if isinstance(known, date) else "text"


def _cells(columns: Sequence[str], row: Row, units: dict[str, str], currency: str) -> str:
    name, *others = columns
    first = f'<th scope="row"{_cell(name, row, units[name], currency)}</th>'
    return first + "".join(f"<td{_cell(c, row, units[c], currency)}</td>" for c in others)


def _cell(column: str, row: Row, unit: str, currency: str) -> str:
    value = row[column]
    if column in IN_STATED_UNIT and "unit" in row:
        unit = stated_unit(row["unit"], currency)
    shown = stated_unit(value, currency) if column == "unit" else value
    words = text(written(shown, unit=unit, month=is_month(column)))
    if value is None or isinstance(value, str | bool):
        mark = f' class="{_mark(column, words)}"'
        return f"{mark}>{words}"
    kind = "date" if isinstance(value, date) else "number"
    return f' class="{kind}" data-value="{text(exact(value))}">{words}'


def _mark(column: str, words: str) -> str:
    if column in ("verdict", "status", "trend"):
        return words
    return "long" if len(words) > LONG else "text"


def exact(value: object) -> str:
    """A value as a machine reads it, no digit lost."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
