"""The first screen: does a user leave money, which way, why, and what needs attention."""

from collections.abc import Sequence
from datetime import date

from pipelines.quality.html_pages import Html, link, marked, text
from pipelines.report.cards import SCORECARD, UNIT_PROFIT, figure, shown_month
from pipelines.report.reader import Published, Row
from pipelines.report.units import label_of, stated_unit, written

GOALS = """
    select * from marts.scorecard where metric_month = ? and verdict in ('breach', 'inconclusive')
    order by verdict, metric
"""
# a trap that stays open is told once, as of its newest month
TRAPS = """
    select * from marts.traps
    where usage_month > ?::date - interval 3 month and usage_month <= ?
    qualify usage_month = max(usage_month) filter (is_flagged) over (
        partition by trap, scope_kind, scope_id
    )
    order by is_accepted, at_stake_usd desc nulls last, scope_id
"""
MISSING = """
    select * from marts.metric_readiness
    where missing_feeds is not null or improving_feeds_missing is not null
    order by is_ready, metric
"""
FAILED = """
    select description from ops.quality_results
    where status <> 'passed' and run_id = (select arg_max(run_id, started_at) from ops.runs)
"""
ALERTS = "select * from ops.alerts order by severity, metric"
SEVERITIES = {"critical": "bad", "warning": "unsure"}
MOST = 5
CUSTOMER_ALERT = "customer_spend"


def first_screen(published: Published) -> list[Html]:
    """The answer in a sentence, then what needs attention; each part says when it is not known."""
    month = shown_month(published)
    if month is None:
        return [Html(f'<p class="absent">{SCORECARD} is not in this file.</p>')]
    return [
        _answer(published, month),
        Html('<div class="panels">'),
        _panel("Goals", _goals(published, month), "#how-did-each-metric-move"),
        _panel("Traps", _traps(published, month), "portfolio.html"),
        _panel("Missing data", _missing(published), "quality.html"),
        _panel("Alerts", _alerts(published), "quality.html"),
        Html("</div>"),
    ]


def _answer(published: Published, month: date) -> Html:
    rows = published.rows(
        "select * from marts.scorecard where metric = ? and metric_month <= ?"
        " order by metric_month desc limit 2",
        [UNIT_PROFIT, month],
    )
    if not rows or rows[0]["value"] is None:
        words = "Whether a user leaves money cannot be told yet: see Missing data."
        return Html(f'<p class="answer unsure">{words}</p>')
    now = rows[0]
    is_making_money = now["value"] > 0
    verdict = (
        "Yes: each active user leaves money"
        if is_making_money
        else "No: each active user costs money"
    )
    mark = "good" if is_making_money else "bad"
    return Html(
        f'<p class="answer"><span class="big">{figure(now, published.currency)}</span>'
        f'<span class="{mark}">{verdict}</span> in {month:%B %Y}. {_direction(rows, published)}</p>'
    )


def _direction(rows: Sequence[Row], published: Published) -> str:
    if len(rows) == 1 or rows[1]["value"] is None:
        return "There is no month before to compare with."
    now, before = rows
    change = now["value"] - before["value"]
    way = "Up" if change > 0 else "Down" if change < 0 else "Unchanged"
    mark = "good" if change > 0 else "bad" if change < 0 else "unsure"
    unit = text(stated_unit(now["unit"], published.currency))
    return (
        f'<span class="{mark}">{way} by {written(abs(change))} {unit}</span> from'
        f" {written(before['value'])} in {before['metric_month']:%B %Y}; why is told below."
    )


def _panel(title: str, items: Sequence[Html] | str, page: str) -> Html:
    body = (
        f'<p class="absent">{text(items)}</p>'
        if isinstance(items, str)
        else f"<ul>{''.join(f'<li>{item}</li>' for item in _first(items))}</ul>"
    )
    more = link(page, f"Details: {title.lower()}")
    return Html(f'<section class="panel"><h2>{text(title)}</h2>{body}<p>{more}</p></section>')


def _first(items: Sequence[Html]) -> Sequence[Html]:
    more = len(items) - MOST
    return items if more <= 0 else [*items[:MOST], Html(f"and {more} more")]


def _goals(published: Published, month: date) -> Sequence[Html] | str:
    rows = published.rows(GOALS, [month])
    return [
        _goal(row, published.currency) for row in rows
    ] or f"No goal is missed in {month:%B %Y}."


def _goal(row: Row, currency: str) -> Html:
    unit = stated_unit(row["unit"], currency)
    told = "breached" if row["verdict"] == "breach" else "cannot be told yet"
    return Html(
        f'<span class="{row["verdict"]}">{told}</span>: {text(label_of(row["metric"], currency))},'
        f" {figure(row, currency)}, goal {written(row['goal'], unit=unit)} {text(unit)}"
    )


def _traps(published: Published, month: date) -> Sequence[Html] | str:
    if "marts.traps" not in published.columns:
        return "marts.traps is not in this file."
    rows = published.rows(TRAPS, [month, month])
    return [
        _trap(row, published.currency) for row in rows
    ] or "No trap is flagged in the last three months."


def _trap(row: Row, currency: str) -> Html:
    name = row["trap"].replace("_", " ")
    accepted = " (accepted)" if row["is_accepted"] else ""
    stake = f"; at stake {written(row['at_stake_usd'])} {currency}" if row["at_stake_usd"] else ""
    return Html(
        f'<span class="breach">{text(name)}{accepted}</span>: {text(row["scope_id"])},'
        f" {row['usage_month']:%b %Y}{text(stake)}"
    )


def _alerts(published: Published) -> Sequence[Html] | str:
    if "ops.alerts" not in published.columns:
        return "ops.alerts is not in this file."
    rows = published.rows(ALERTS)
    shown = [r for r in rows if published.shows_customers or r["metric"] != CUSTOMER_ALERT]
    return [
        Html(
            f"{marked(row['severity'], SEVERITIES.get(row['severity'], 'unsure'))}:"
            f" {text(row['metric'].replace('_', ' '))} of {text(row['scope'])}:"
            f" {text(row['message'])}"
        )
        for row in shown
    ] or "Nothing is out of line."


def _missing(published: Published) -> Sequence[Html] | str:
    rows = published.rows(MISSING) if "marts.metric_readiness" in published.columns else []
    items = [_gap(row) for row in rows]
    if "ops.quality_results" in published.columns:
        items += [
            Html(f'<span class="unsure">check failed</span>: {text(row["description"])}')
            for row in published.rows(FAILED)
        ]
    return items or "Every metric has the data it needs, and every check of the last run passed."


def _gap(row: Row) -> Html:
    lacks = row["missing_feeds"] or row["improving_feeds_missing"]
    kind = "not computable" if row["missing_feeds"] else "could be better"
    mark = "bad" if row["missing_feeds"] else "unsure"
    unlock = f". {row['would_unlock']}" if row["would_unlock"] else ""
    return Html(f"{text(row['metric'])}: {marked(kind, mark)}, without {text(lacks)}{text(unlock)}")
