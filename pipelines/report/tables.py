"""Rows as a table that is read by people, by screen readers, and by the page's own script.

Every number carries its exact value beside the written one, and so does a word that is written with
spaces: charts, filters and downloads are made from the table, so that there is one set of numbers
on a page.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from pipelines.quality.html_pages import Html, text
from pipelines.report.reader import Row
from pipelines.report.units import (
    IN_STATED_UNIT,
    SPOKEN,
    is_month,
    label_of,
    spoken,
    stated_unit,
    unit_of,
    written,
)

LONG = 40
MARKED = frozenset({"verdict", "status", "trend"})

Cell = Callable[[Row], str]


def data_table(
    caption: str, columns: Sequence[str], rows: Sequence[Row], *, currency: str, goal_unit: str = ""
) -> Html:
    """A table of rows; the first column names the row, every number's heading its unit."""
    units = {column: unit_of(column, currency) or _goal(column, goal_unit) for column in columns}
    head = "".join(_heading(column, units[column], rows, currency) for column in columns)
    first, *others = (_cell(column, units[column], rows, currency) for column in columns)
    body = "".join(
        f'<tr><th scope="row"{first(row)}</th>'
        f"{''.join(f'<td{cell(row)}</td>' for cell in others)}</tr>\n"
        for row in rows
    )
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


def _cell(column: str, unit: str, rows: Sequence[Row], currency: str) -> Cell:
    """What writes a column's cells, from within the tag on; the column's own facts once."""
    has_own_unit = bool(rows) and "unit" in rows[0]
    if column == "metric" and has_own_unit:
        return lambda row: _word(row[column], column, _metric(row, currency))
    if column in SPOKEN:
        return lambda row: _word(row[column], column, spoken(row[column]))
    if column == "unit":
        return lambda row: _word(row[column], column, stated_unit(row[column], currency))
    month = is_month(column)
    if column in IN_STATED_UNIT and has_own_unit:
        return lambda row: _value(row[column], stated_unit(row["unit"], currency), month=month)
    return lambda row: _value(row[column], unit, month=month)


def _value(value: object, unit: str, *, month: bool) -> str:
    if value is None or isinstance(value, str | bool):
        words = text(written(value))
        return f' class="{_length(words)}">{words}'
    # neither digits nor dates hold anything that HTML would take for its own
    kind = "date" if isinstance(value, date) else "number"
    shown = written(value, unit=unit, month=month)
    return f' class="{kind}" data-value="{exact(value)}">{shown}'


def _word(value: object, column: str, words: str) -> str:
    raw = "" if value is None else str(value)
    mark = text(raw) if column in MARKED else _length(words)
    kept = f' data-value="{text(raw)}"' if raw != words else ""
    return f' class="{mark}"{kept}>{text(words)}'


def _metric(row: Mapping[str, object], currency: str) -> str:
    """A metric of the scorecard by name and unit: two may share a name."""
    name, unit = label_of(str(row["metric"]), currency), stated_unit(row["unit"], currency)
    return f"{name} ({unit})" if unit and unit not in name else name


def _length(words: str) -> str:
    return "long" if len(words) > LONG else "text"


def exact(value: object) -> str:
    """A value as a machine reads it, no digit lost."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
