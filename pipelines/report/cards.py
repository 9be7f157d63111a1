"""The scorecard's newest figures as cards: number, unit, interval, goal, verdict and trend."""

from collections.abc import Sequence
from datetime import date

from pipelines.metrics.measures import MEASURES
from pipelines.quality.html_pages import Html, text
from pipelines.report.reader import Published, Row
from pipelines.report.tables import exact
from pipelines.report.units import label_of, spoken, stated_unit, written

NEWEST = """
    select * from marts.scorecard
    where metric = any (?) and metric_month = ?
    order by list_position(?, metric)
"""
SCORECARD = "marts.scorecard"
TRENDS = {"improving": "▲ improving", "worsening": "▼ worsening", "flat": "■ flat"}
UNIT_PROFIT = "ai_unit_profit_usd"


def shown_month(published: Published) -> date | None:
    """The newest month whose unit profit can be relied on; else the newest with any figure."""
    if SCORECARD not in published.columns:
        return None
    months = published.rows(
        "select max(metric_month) filter (metric = ? and status = 'ok') as told,"
        " max(metric_month) filter (value is not null) as known from marts.scorecard",
        [UNIT_PROFIT],
    )
    month: date | None = months[0]["told"] or months[0]["known"]
    return month


def cards(published: Published, metrics: Sequence[str]) -> Html:
    """The named metrics of the shown month, in their order."""
    month = shown_month(published)
    if month is None or not metrics:
        return Html()
    found = published.rows(NEWEST, [list(metrics), month, list(metrics)])
    items = "".join(_card(published, row) for row in found)
    return Html(f'<ul class="cards" aria-label="Figures of {month:%B %Y}">{items}</ul>')


def figure(row: Row, currency: str) -> Html:
    """One number of the scorecard with its unit, its exact value beside the written one."""
    unit = stated_unit(row["unit"], currency)
    if row["value"] is None:
        return Html('<span class="absent">not computable</span>')
    shown = written(row["value"], unit=unit)
    return Html(
        f'<data value="{exact(row["value"])}" data-metric="{text(row["metric"])}">{shown}</data>'
        f' <span class="unit">{text(unit)}</span>'
    )


def _card(published: Published, row: Row) -> str:
    currency = published.currency
    unit = stated_unit(row["unit"], currency)
    lines = [_interval(row, unit), _goal(row, unit), _trend(row), _reason(row)]
    return (
        f'<li><p class="name">{text(label_of(row["metric"], currency))},'
        f" {row['metric_month']:%b %Y}</p>"
        f'<p class="number">{figure(row, currency)}</p>'
        f"{''.join(f'<p>{line}</p>' for line in lines if line)}{_definition(published, row)}</li>"
    )


def _definition(published: Published, row: Row) -> str:
    """What the metric means, in the words of the column it comes from."""
    measure = next((m for m in MEASURES if m.metric == row["metric"]), None)
    if measure is None:
        return ""
    # a total of the ledger has no column of its own there; the marts that show it explain it
    tables = (f"marts.{measure.source}", *published.columns)
    table = next((t for t in tables if measure.value in published.columns.get(t, ())), "")
    meaning = published.columns[table][measure.value] if table else ""
    name = text(label_of(row["metric"], published.currency))
    return (
        f'<details><summary aria-label="Definition of {name}">Definition</summary>'
        f"<p>{text(meaning)}</p><p>From {text(table)}.</p></details>"
        if meaning
        else ""
    )


def _interval(row: Row, unit: str) -> str:
    if row["ci_low"] is None or row["ci_high"] is None:
        return ""
    ends = f"{written(row['ci_low'], unit=unit)} to {written(row['ci_high'], unit=unit)}"
    return f"95 % interval {ends} {text(unit)}"


def _goal(row: Row, unit: str) -> str:
    if row["goal"] is None:
        return ""
    verdict = text(row["verdict"] or "no verdict")
    goal = written(row["goal"], unit=unit)
    return f'Goal {goal} {text(unit)}: <span class="{verdict}">{verdict}</span>'


def _trend(row: Row) -> str:
    trend = row["trend"]
    return f'<span class="{text(trend)}">{text(TRENDS.get(trend, trend))}</span>' if trend else ""


def _reason(row: Row) -> str:
    if row["status"] == "ok":
        return ""
    return f'<span class="{text(row["status"])}">{text(spoken(row["status"]))}</span>' + (
        f": {text(spoken(row['reason']))}" if row["reason"] else ""
    )
