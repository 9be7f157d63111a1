"""What the charts share, in Vega-Lite's words: axes, titles, tooltips, and ends of intervals."""

from collections.abc import Collection
from typing import Any

from pipelines.report.declarations import Chart
from pipelines.report.units import PERCENT, is_month, label_of, unit_of

Part = dict[str, Any]

TICKS = 7
LABEL = "label"
# the ends as the page draws them: a far one is cut at the edge, and marked
DRAWN = ("_drawn_low", "_drawn_high")
PAST = ("_past_low", "_past_high")


def interval(measure: str, columns: Collection[str]) -> tuple[str, str] | None:
    """The columns of an estimate's interval, where the rows have them."""
    ends = (
        ("ci_low", "ci_high") if measure == "value" else (f"{measure}_ci_low", f"{measure}_ci_high")
    )
    return ends if set(ends) <= set(columns) else None


def goal_column(chart: Chart, columns: Collection[str]) -> str:
    """The column that holds each row's goal; empty where there is none."""
    named = chart.goal if isinstance(chart.goal, str) else "goal"
    return named if chart.goal_value is None and named in columns else ""


def value_axis(chart: Chart, column: str, currency: str, *, zero: bool) -> Part:
    """The axis of a chart's values, for one column that is drawn on it."""
    style = ".1~%" if chart.measures[0].endswith("_share") else ",.5~r"
    return {
        "field": column,
        "type": "quantitative",
        "title": title_of(chart, currency),
        "axis": {"format": style, "tickCount": TICKS},
        "scale": {"zero": zero},
    }


def across_axis(chart: Chart, currency: str) -> Part:
    """The axis that lines run along: months, or a number."""
    if is_month(chart.across):
        return {
            "field": chart.across,
            "type": "temporal",
            "timeUnit": "utcyearmonth",
            "title": None,
        }
    return {
        "field": chart.across,
        "type": "quantitative",
        "title": label_of(chart.across, currency),
        "axis": {"tickMinStep": 1, "format": "d"},
    }


def title_of(chart: Chart, currency: str) -> str:
    """The name and unit of what is drawn; of several measures the unit alone."""
    first = chart.measures[0]
    unit = unit_of(first, currency)
    if len(chart.measures) > 1:
        return unit
    name = label_of(first, currency)
    return name if not unit or unit in name else f"{name} ({unit})"


def tooltips(chart: Chart, columns: Collection[str], currency: str) -> list[Part]:
    """What a pointer is told: names, values and the true ends of intervals, with their units."""
    names = [*chart.labels, chart.across, chart.series, *chart.measures]
    ends = [end for measure in chart.measures for end in interval(measure, columns) or ()]
    goal = goal_column(chart, columns)
    judged = [name for name in ("status", "reason") if name in columns]
    shown = [name for name in [*names, *ends, goal, *judged] if name and name in columns]
    return [_tooltip(name, chart, currency) for name in shown]


def _tooltip(name: str, chart: Chart, currency: str) -> Part:
    title = label_of(name, currency)
    if name == chart.across and is_month(name):
        return {"field": name, "type": "temporal", "timeUnit": "utcyearmonth", "title": title}
    is_value = name.startswith(chart.measures) or name in ("goal", chart.goal, "ci_low", "ci_high")
    if not is_value:
        return {"field": name, "type": "nominal", "title": title}
    unit = unit_of(name, currency) or (
        unit_of(chart.measures[0], currency) if name == "goal" else ""
    )
    style = ".2%" if unit in PERCENT else ",.4~r"
    named = f"{title} ({unit})" if unit else title
    return {"field": name, "type": "quantitative", "format": style, "title": named}
