"""A waterfall in Vega-Lite: each bar begins where the one before it ended, its amount beside it."""

from collections.abc import Collection

from pipelines.report.channels import TICKS, Part, title_of, tooltips
from pipelines.report.declarations import Chart

STEP = 22
# room for the numbers beside the bars
SCALE = {"padding": 48, "nice": False}
WAYS = {"domain": ["adds", "takes", "unit profit"], "range": ["@good", "@bad", "@c1"]}
COLOUR = {"field": "direction", "type": "nominal", "title": None, "legend": None, "scale": WAYS}
ZERO = {"mark": {"type": "rule", "strokeWidth": 1}, "encoding": {"x": {"datum": 0}}}
# a part has a sign, a whole has none
SIGN = "datum.direction === 'unit profit' ? '.3~f' : '+.3~f'"


def waterfall(chart: Chart, columns: Collection[str], currency: str) -> Part:
    """The bars of a change, over rows that say in `from_usd` and `to_usd` where each one stands."""
    (measure,), (label,) = chart.measures, chart.labels
    place = {"field": label, "type": "nominal", "title": None, "sort": None}
    left = {"field": "from_usd", "type": "quantitative", "title": title_of(chart, currency)}
    bars = {
        "y": place,
        "x": {**left, "scale": SCALE, "axis": {"tickCount": TICKS}},
        "x2": {"field": "to_usd"},
        "color": COLOUR,
        "tooltip": tooltips(chart, columns, currency),
    }
    written = {"y": place, "x": {"field": "end", "type": "quantitative"}}
    numbers = {**written, "text": {"field": "written", "type": "nominal"}}
    return {
        "height": {"step": STEP},
        "transform": [
            {"calculate": "max(datum.from_usd, datum.to_usd)", "as": "end"},
            {"calculate": f"format(datum['{measure}'], {SIGN})", "as": "written"},
        ],
        "layer": [
            ZERO,
            {"mark": {"type": "bar", "size": 15}, "encoding": bars},
            {"mark": {"type": "text", "align": "left", "dx": 6}, "encoding": numbers},
        ],
    }
