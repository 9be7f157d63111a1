"""A declared chart as a Vega-Lite specification, without data and without colours.

The page fills `rows` from the table below the chart and each `@name` with a colour of its style, so
that both follow filters and dark mode. What is undecided is drawn hollow.
"""

from collections.abc import Callable, Collection, Mapping

from pipelines.report.channels import (
    DRAWN,
    LABEL,
    PAST,
    Part,
    across_axis,
    goal_column,
    interval,
    tooltips,
    value_axis,
)
from pipelines.report.declarations import Chart
from pipelines.report.units import IN_STATED_UNIT, label_of
from pipelines.report.waterfall import waterfall

NAME = "measure"
HEIGHT = 260
STEP = 26
DOT = 55
BIG_DOT = 95
ARROW = 60
GOAL = {"strokeDash": [6, 4], "strokeWidth": 2, "color": "@goal"}
IS_OPEN = "datum.status === 'provisional' || datum.status === 'inconclusive'"
ARROWS = {"x": ("triangle-left", "triangle-right"), "y": ("triangle-down", "triangle-up")}


def specification(chart: Chart, columns: Collection[str], *, currency: str) -> Part:
    """The Vega-Lite specification of a chart over rows with these columns."""
    draw: Mapping[str, Callable[[Chart, Collection[str], str], Part]] = {
        "lines": _lines,
        "bars": _bars,
        "points": _bars,
        "waterfall": waterfall,
    }
    intervals = {measure: interval(measure, columns) for measure in chart.measures}
    told = {
        "labels": list(chart.labels),
        "series": chart.series,
        "measures": list(chart.measures),
        "states_unit": "unit" in columns and chart.measures[0] in IN_STATED_UNIT,
        "intervals": [[measure, *ends] for measure, ends in intervals.items() if ends],
        "goals": chart.goal_value if chart.goal_value is not None else goal_column(chart, columns),
    }
    drawn = draw[chart.kind](chart, columns, currency)
    return {"width": "container", "data": {"name": "rows"}, "usermeta": told, **drawn}


def _lines(chart: Chart, columns: Collection[str], currency: str) -> Part:
    layers = [_line(chart, measure, columns, currency) for measure in chart.measures]
    return {"height": HEIGHT, "layer": [*layers, *_goals(chart, columns, "y")]}


def _line(chart: Chart, measure: str, columns: Collection[str], currency: str) -> Part:
    """Band, line and dots of one measure, under its name."""
    across = {"x": across_axis(chart, currency)}
    base = {**across, **_told_apart(chart)}
    layers: list[Part] = []
    if interval(measure, columns):
        low, high = (f"{measure}{end}" for end in DRAWN)
        ends = {"y": value_axis(chart, low, currency, zero=False), "y2": {"field": high}}
        layers.append(_layer({"type": "area", "opacity": 0.2}, {**_without_dots(base), **ends}))
        layers += _arrows(measure, across, "y")
    placed = {**base, "y": value_axis(chart, measure, currency, zero=False)}
    layers.append(_layer({"type": "line", "strokeWidth": 2.5}, _without_dots(placed)))
    told = {**placed, "tooltip": tooltips(chart, columns, currency)}
    layers.append(_dots(told, columns, DOT))
    named = {"calculate": f"'{label_of(measure, currency)}'", "as": NAME}
    return {"transform": [named], "layer": layers}


def _without_dots(encoding: Part) -> Part:
    """What a line or band shares with its dots; the legend is the dots' own."""
    kept = {name: part for name, part in encoding.items() if name != "shape"}
    return {**kept, "color": {**kept["color"], "legend": None}} if "color" in kept else kept


def _told_apart(chart: Chart) -> Part:
    """Lines are told apart by colour and by the shape of their dots."""
    name = chart.series or (NAME if len(chart.measures) > 1 else "")
    each = {"field": name, "type": "nominal", "title": None, "sort": None}
    return {"color": each, "shape": each} if name else {}


def _bars(chart: Chart, columns: Collection[str], currency: str) -> Part:
    (measure,) = chart.measures
    place = {"field": LABEL, "type": "nominal", "title": None, "sort": None}
    is_bar = chart.kind == "bars"
    value = value_axis(chart, measure, currency, zero=is_bar)
    marked = {"y": place, "x": value, "tooltip": tooltips(chart, columns, currency)}
    marks = [
        _layer({"type": "bar", "size": 15}, marked) if is_bar else _dots(marked, columns, BIG_DOT)
    ]
    layers: list[Part] = []
    if interval(measure, columns):
        low, high = (f"{measure}{end}" for end in DRAWN)
        ends = {"x": {**value, "field": low}, "x2": {"field": high}}
        layers.append(_layer({"type": "rule", "strokeWidth": 2}, {"y": place, **ends}))
        layers += _arrows(measure, {"y": place}, "x")
    # the interval of a bar stands before it
    drawn = [*marks, *layers] if is_bar else [*layers, *marks]
    words = " + ' ' + ".join(f"(datum['{name}'] || '')" for name in chart.labels)
    return {
        "height": {"step": STEP},
        "transform": [{"calculate": words, "as": LABEL}],
        "layer": [*drawn, *_goals(chart, columns, "x")],
    }


def _layer(mark: Part, encoding: Part, keeps: str = "") -> Part:
    kept = {"transform": [{"filter": keeps}]} if keeps else {}
    return {"mark": mark, "encoding": encoding, **kept}


def _dots(encoding: Part, columns: Collection[str], size: int) -> Part:
    """Dots, hollow where a row is undecided."""
    dot = {"type": "point", "filled": False, "opacity": 1, "strokeWidth": 2, "size": size}
    others = {name: part for name, part in encoding.items() if name != "color"}
    colour = encoding.get("color", {"value": "@c1"})
    hollow = {"condition": {"test": IS_OPEN, "value": "@card"}} if "status" in columns else {}
    return _layer(dot, {**others, "stroke": colour, "fill": {**colour, **hollow}})


def _arrows(measure: str, place: Part, channel: str) -> list[Part]:
    """Where an interval goes on beyond the edge of the chart."""
    return [
        _layer(
            {"type": "point", "filled": True, "shape": shape, "size": ARROW, "color": "@ink"},
            {**place, channel: {"field": f"{measure}{end}", "type": "quantitative"}},
            f"datum['{measure}{past}']",
        )
        for shape, end, past in zip(ARROWS[channel], DRAWN, PAST, strict=True)
    ]


def _goals(chart: Chart, columns: Collection[str], channel: str) -> list[Part]:
    """The goal as a dashed line, or as a tick per row where each row has its own."""
    if chart.goal_value is not None:
        return [_layer({"type": "rule", **GOAL}, {channel: {"datum": chart.goal_value}})]
    column = goal_column(chart, columns)
    if not column:
        return []
    goal = {"field": column, "type": "quantitative"}
    if channel == "x":
        tick = {"type": "tick", "thickness": 3, "size": 20, "color": "@goal"}
        return [_layer(tick, {"x": goal, "y": {"field": LABEL, "type": "nominal", "sort": None}})]
    # one line per series: a goal may differ between them
    shared = {"detail": {"field": chart.series, "type": "nominal"}} if chart.series else {}
    across = {"field": chart.across, "type": "temporal", "timeUnit": "utcyearmonth"}
    stepped = {"type": "line", "interpolate": "step-after", **GOAL}
    return [_layer(stepped, {"x": across, "y": goal, **shared})]
