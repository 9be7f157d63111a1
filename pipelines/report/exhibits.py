"""An exhibit as HTML: question, controls, chart, table, and the definition behind it."""

import json

from pipelines.quality.html_pages import Html, text
from pipelines.report.channels import goal_column, interval
from pipelines.report.charts import specification
from pipelines.report.declarations import Exhibit, Filter
from pipelines.report.reader import Published
from pipelines.report.selection import Selection, absence, select
from pipelines.report.tables import data_table
from pipelines.report.units import label_of, unit_of

OPEN = ("provisional", "inconclusive")
DOTTED = ("lines", "points")


def exhibit_section(published: Published, exhibit: Exhibit) -> Html:
    """A section of a page; one line where the file lacks what it would show."""
    why_not = absence(published, exhibit)
    if why_not:
        return _absent(exhibit, why_not)
    selection = select(published, exhibit)
    if not selection.rows:
        none = f"{exhibit.table} holds no such rows in this file."
        return _absent(exhibit, exhibit.none or none)
    note = f"<p>{text(exhibit.note)}</p>" if exhibit.note else ""
    return Html(
        f'<section class="exhibit" id="{exhibit.key}" aria-labelledby="{exhibit.key}-title">\n'
        f'<h2 id="{exhibit.key}-title">{text(exhibit.title)}</h2>\n{note}'
        f"{_controls(published, exhibit)}{_figure(published, exhibit, selection)}"
        f"{_table(published, exhibit, selection)}{_definition(published, exhibit, selection)}"
        "</section>"
    )


def _absent(exhibit: Exhibit, sentence: str) -> Html:
    return Html(
        f'<section class="panel" id="{exhibit.key}"><h2>{text(exhibit.title)}</h2>'
        f'<p class="absent">{text(sentence)}</p></section>'
    )


def _controls(published: Published, exhibit: Exhibit) -> str:
    selects = "".join(_control(published, exhibit, control) for control in exhibit.filters)
    return (
        f'<div class="controls" role="group" aria-label="Choose what {text(exhibit.title)} shows">'
        f'{selects}<button type="button" class="csv">Download CSV'
        f'</button><output aria-live="polite"></output></div>\n'
    )


def _control(published: Published, exhibit: Exhibit, control: Filter) -> str:
    place = f"{exhibit.key}-{control.column}"
    only_one = " data-one" if control.one else ""
    return (
        f'<div class="control"><label for="{place}">'
        f"{text(label_of(control.column, published.currency))}</label>"
        f'<select id="{place}" data-column="{control.column}"{only_one}>'
        '<option value="">all</option></select></div>'
    )


def _figure(published: Published, exhibit: Exhibit, selection: Selection) -> str:
    if exhibit.chart is None:
        return ""
    drawn = specification(exhibit.chart, selection.known_columns, currency=published.currency)
    words = f"Chart: {exhibit.title} The table below holds the same numbers."
    return (
        f'<figure><div class="drawing" role="img" aria-label="{text(words)}"></div>'
        f"<figcaption>{_caption(exhibit, selection)}</figcaption></figure>\n"
        f'<script type="application/json" class="chart">{embedded(drawn)}</script>\n'
    )


def _caption(exhibit: Exhibit, selection: Selection) -> Html:
    chart, known = exhibit.chart, selection.known_columns
    if chart is None:
        return Html()
    is_line = chart.kind == "lines"
    has_goal = chart.goal_value is not None or goal_column(chart, known)
    is_open = any(row.get("status") in OPEN for row in selection.rows) and chart.kind in DOTTED
    parts = (
        f"{'Band' if is_line else 'Thin line'}: 95 % interval."
        if any(interval(measure, known) for measure in chart.measures)
        else "",
        f"{'Dashed line' if is_line or chart.goal_value is not None else 'Tick'}:"
        f" {chart.goal_name}."
        if has_goal
        else "",
        "Hollow: provisional or inconclusive." if is_open else "",
    )
    told = " ".join(part for part in parts if part)
    return Html(f'{text(told)} <span class="cut"></span>')


def _table(published: Published, exhibit: Exhibit, selection: Selection) -> str:
    caption = exhibit.title
    if selection.row_count > len(selection.rows):
        caption += (
            f" First {len(selection.rows):,} of {selection.row_count:,} rows; the file has all."
        )
    measure = exhibit.chart.measures[0] if exhibit.chart else ""
    shown = _shown(exhibit, selection)
    empty = [label_of(c, published.currency) for c in selection.columns if c not in shown]
    if empty:
        caption += f" Empty in this file: {', '.join(empty)}."
    return data_table(
        caption,
        shown,
        selection.rows,
        currency=published.currency,
        goal_unit=unit_of(measure, published.currency),
    )


def _shown(exhibit: Exhibit, selection: Selection) -> list[str]:
    """The columns with a value, and those that the controls and the chart need."""
    needed = {selection.columns[0], *(control.column for control in exhibit.filters)}
    if exhibit.chart:
        chart = exhibit.chart
        needed |= {chart.across, chart.series, *chart.labels, *chart.measures}
    return [c for c in selection.columns if c in needed or c in selection.known_columns]


def _definition(published: Published, exhibit: Exhibit, selection: Selection) -> str:
    known = published.columns[exhibit.table]
    columns = "".join(
        f"<dt>{text(column)}</dt><dd>{text(known[column])}</dd>"
        for column in selection.columns
        if column in known
    )
    meaning = text(published.descriptions.get(exhibit.table, "").strip())
    return (
        f"<details><summary>Definition of {text(exhibit.table)}</summary>"
        f'<p class="meaning">{meaning}</p><dl>{columns}</dl></details>\n'
    )


def embedded(value: object) -> str:
    """JSON that can stand inside a script element, whatever the texts in it say."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")
