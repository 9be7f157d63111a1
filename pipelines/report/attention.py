"""What needs attention: goals, traps, missing data and alerts, each as a count and as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.quality.html_pages import Html, link, marked, text
from pipelines.report.cards import figure
from pipelines.report.reader import Published, Row
from pipelines.report.units import label_of, spoken, stated_unit, written

GOALS = """
    select * from marts.scorecard where metric_month = ? and goal is not null
    order by verdict = 'breach' desc, verdict = 'inconclusive' desc, metric
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
MOST = 3
CUSTOMER_ALERT = "customer_spend"


@dataclass(frozen=True)
class Attention:
    """One thing to attend to: how much of it there is, in a word and as a list."""

    title: str
    count: str
    told: str
    mark: str
    items: Sequence[Html]
    page: str
    none: str

    @property
    def key(self) -> str:
        """Where its list stands on the page."""
        return self.title.lower().replace(" ", "-")

    @property
    def tile(self) -> Html:
        """The count as a link to the list."""
        return Html(
            f'<li><a href="#{self.key}"><span class="name">{text(self.title)}</span>'
            f' <span class="count {self.mark}">{text(self.count)}</span>'
            f' <span class="told">{text(self.told)}</span></a></li>'
        )

    @property
    def panel(self) -> Html:
        """The first of the list, and where the rest stands."""
        more = len(self.items) - MOST
        shown = [*self.items[:MOST], *([Html(f"and {more} more")] if more > 0 else [])]
        body = (
            f"<ul>{''.join(f'<li>{item}</li>' for item in shown)}</ul>"
            if shown
            else f'<p class="absent">{text(self.none)}</p>'
        )
        return Html(
            f'<section class="panel" id="{self.key}" aria-labelledby="{self.key}-title">'
            f'<h2 id="{self.key}-title">{text(self.title)}</h2>{body}'
            f"<p>{link(self.page, f'All {self.title.lower()}')}</p></section>"
        )


def attentions(published: Published, month: date) -> list[Attention]:
    """Everything that somebody should know of the month, the gravest kind first."""
    return [
        _goals(published, month),
        _traps(published, month),
        _missing(published),
        _alerts(published),
    ]


def _goals(published: Published, month: date) -> Attention:
    rows = published.rows(GOALS, [month])
    breached = [row for row in rows if row["verdict"] == "breach"]
    undecided = [row for row in rows if row["verdict"] == "inconclusive"]
    return Attention(
        title="Goals",
        count=f"{len(breached)} breached",
        told=f"of {len(rows)}; {len(undecided)} cannot be told yet",
        mark="bad" if breached else "unsure" if undecided else "good",
        items=[_goal(row, published.currency) for row in (*breached, *undecided)],
        page="#how-did-each-metric-move",
        none=f"No goal is missed in {month:%B %Y}.",
    )


def _goal(row: Row, currency: str) -> Html:
    unit = stated_unit(row["unit"], currency)
    told = "breached" if row["verdict"] == "breach" else "cannot be told yet"
    return Html(
        f'<span class="{row["verdict"]}">{told}</span>: {text(label_of(row["metric"], currency))},'
        f" {figure(row, currency)}, goal {written(row['goal'], unit=unit)} {text(unit)}"
    )


def _traps(published: Published, month: date) -> Attention:
    is_known = "marts.traps" in published.columns
    rows = published.rows(TRAPS, [month, month]) if is_known else []
    names = list(dict.fromkeys(spoken(row["trap"]) for row in rows))
    return Attention(
        title="Traps",
        count=f"{len(rows)} flagged" if is_known else "not known",
        told=", ".join(names) or "in the last three months",
        mark="bad" if rows else "good" if is_known else "unsure",
        items=[_trap(row, published.currency) for row in rows],
        page="portfolio.html#which-traps-are-we-in",
        none="No trap is flagged in the last three months."
        if is_known
        else "marts.traps is not in this file.",
    )


def _trap(row: Row, currency: str) -> Html:
    name = spoken(row["trap"])
    accepted = " (accepted)" if row["is_accepted"] else ""
    stake = f"; at stake {written(row['at_stake_usd'])} {currency}" if row["at_stake_usd"] else ""
    return Html(
        f'<span class="breach">{text(name)}{accepted}</span>: {text(row["scope_id"])},'
        f" {row['usage_month']:%b %Y}{text(stake)}"
    )


def _missing(published: Published) -> Attention:
    rows = published.rows(MISSING) if "marts.metric_readiness" in published.columns else []
    checks = published.rows(FAILED) if "ops.quality_results" in published.columns else []
    lacking = sum(row["missing_feeds"] is not None for row in rows)
    failed = [
        Html(f'<span class="unsure">check failed</span>: {text(row["description"])}')
        for row in checks
    ]
    return Attention(
        title="Missing data",
        count=_counted(lacking, "metric") + " without" if lacking else "none",
        told="; ".join(
            told
            for number, told in (
                (len(rows) - lacking, f"{_counted(len(rows) - lacking, 'metric')} could be better"),
                (len(checks), f"{_counted(len(checks), 'check')} failed"),
            )
            if number
        )
        or "every check passed",
        mark="bad" if lacking else "unsure" if rows or checks else "good",
        items=[*(_gap(row) for row in rows), *failed],
        page="quality.html",
        none="Every metric has the data it needs, and every check of the last run passed.",
    )


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _gap(row: Row) -> Html:
    lacks = row["missing_feeds"] or row["improving_feeds_missing"]
    kind = "not computable" if row["missing_feeds"] else "could be better"
    mark = "bad" if row["missing_feeds"] else "unsure"
    unlock = f". {row['would_unlock']}" if row["would_unlock"] else ""
    return Html(f"{text(row['metric'])}: {marked(kind, mark)}, without {text(lacks)}{text(unlock)}")


def _alerts(published: Published) -> Attention:
    rows = published.rows(ALERTS) if "ops.alerts" in published.columns else []
    shown = [r for r in rows if published.shows_customers or r["metric"] != CUSTOMER_ALERT]
    critical = sum(row["severity"] == "critical" for row in shown)
    return Attention(
        title="Alerts",
        count=f"{len(shown)} open",
        told=f"{critical} critical",
        mark="bad" if critical else "unsure" if shown else "good",
        items=[_alert(row) for row in shown],
        page="quality.html#what-should-somebody-look-at",
        none="Nothing is out of line.",
    )


def _alert(row: Row) -> Html:
    severity = marked(row["severity"], SEVERITIES.get(row["severity"], "unsure"))
    return Html(
        f"{severity}: {text(spoken(row['metric']))} of {text(row['scope'])}: {text(row['message'])}"
    )
