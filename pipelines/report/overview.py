"""The first screen: does a user leave money, which way, why, and what needs attention."""

from collections.abc import Sequence
from datetime import date

from pipelines.quality.html_pages import Html, text
from pipelines.report.attention import attentions
from pipelines.report.cards import SCORECARD, UNIT_PROFIT, figure, shown_month
from pipelines.report.reader import Published, Row
from pipelines.report.trend import trend_line
from pipelines.report.units import label_of, stated_unit, written

MONTHS = """
    select * from marts.scorecard where metric = ? and metric_month <= ? order by metric_month
"""
MONTHS_SHOWN = 13
TABLE = "#how-did-each-metric-move"


def first_screen(published: Published, why: Html) -> list[Html]:
    """The answer, how much needs attention, why it changed, and what needs attention."""
    month = shown_month(published)
    if month is None:
        return [Html(f'<p class="absent">{SCORECARD} is not in this file.</p>'), why]
    months = published.rows(MONTHS, [UNIT_PROFIT, month])
    found = attentions(published, month)
    tiles = "".join(each.tile for each in found)
    panels = "".join(each.panel for each in found)
    return [
        Html(f'<div class="first">{_answer(published, month, months)}{_trend(published, months)}'),
        Html(f'<ul class="tiles" aria-label="What needs attention">{tiles}</ul></div>'),
        Html(f'<div class="lead">{why}<div class="panels">{panels}</div></div>'),
    ]


def _trend(published: Published, months: Sequence[Row]) -> Html:
    if not months:
        return Html()
    unit = stated_unit(months[-1]["unit"], published.currency)
    name = label_of(UNIT_PROFIT, published.currency)
    return trend_line(months[-MONTHS_SHOWN:], name, unit, TABLE)


def _answer(published: Published, month: date, months: Sequence[Row]) -> Html:
    if not months or months[-1]["value"] is None:
        words = "Whether a user leaves money cannot be told yet: see Missing data."
        return Html(f'<p class="answer unsure">{words}</p>')
    now = months[-1]
    is_making_money = now["value"] > 0
    verdict = (
        "Yes: each active user leaves money"
        if is_making_money
        else "No: each active user costs money"
    )
    mark = "good" if is_making_money else "bad"
    return Html(
        f'<p class="answer"><span class="big">{figure(now, published.currency)}</span>'
        f'<span class="{mark}">{verdict}</span> in {month:%B %Y}{_interval(now)}.'
        f" {_direction(months[-2:], published)}</p>"
    )


def _interval(row: Row) -> str:
    if row["ci_low"] is None or row["ci_high"] is None:
        return ""
    return f" (95 % interval {written(row['ci_low'])} to {written(row['ci_high'])})"


def _direction(rows: Sequence[Row], published: Published) -> str:
    before, now = rows[0], rows[-1]
    if before is now or before["value"] is None:
        return "There is no month before to compare with."
    change = now["value"] - before["value"]
    way = "Up" if change > 0 else "Down" if change < 0 else "Unchanged"
    arrow = "▲" if change > 0 else "▼" if change < 0 else "■"
    mark = "good" if change > 0 else "bad" if change < 0 else "unsure"
    unit = text(stated_unit(now["unit"], published.currency))
    return (
        f'<span class="{mark}">{arrow} {way} by {written(abs(change))} {unit}</span> from'
        f" {written(before['value'])} in {before['metric_month']:%B %Y}."
    )
