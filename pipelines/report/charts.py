"""The one module that knows Altair: a declared chart as a Vega-Lite specification.

A specification holds no data and no colour. The page fills `rows` from the table below the chart
and takes colours from its own style, so that both follow filters and dark mode.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import altair as alt

from pipelines.report.declarations import Chart
from pipelines.report.units import PERCENT, label_of, unit_of

Layers = list[Any]

HEIGHT = 280
STEP = 28
POINT_SIZE = 45
LABEL = "label"


def specification(chart: Chart, columns: Collection[str], *, currency: str) -> dict[str, Any]:
    """The Vega-Lite specification of a chart over rows with these columns."""
    draw: Mapping[str, Callable[[Chart, Collection[str], str], Any]] = {
        "lines": _lines,
        "bars": _bars,
        "points": _bars,
        "waterfall": _waterfall,
    }
    # what is declared is tested; validating each night would find nothing new
    drawn: dict[str, Any] = draw[chart.kind](chart, columns, currency).to_dict(validate=False)
    drawn["usermeta"] = {"labels": list(chart.labels)}
    # the page's own configuration stands, and no page needs an address of a schema
    return {key: part for key, part in drawn.items() if key not in ("config", "$schema")}


def _layered(layers: Layers, *, height: object) -> Any:  # noqa: ANN401  # Altair types it loosely
    chart = alt.layer(*layers, data=alt.NamedData(name="rows"))
    return chart.properties(width="container", height=height)


def _axis_format(column: str) -> dict[str, Any]:
    return {"format": ".1~%"} if column.endswith("_share") else {"format": ",.5~r"}


def _title(chart: Chart, currency: str) -> str:
    first = chart.measures[0]
    unit = unit_of(first, currency)
    if len(chart.measures) > 1:
        return unit
    name = label_of(first, currency)
    return name if not unit or unit in name else f"{name} ({unit})"


def _value_axis(chart: Chart, column: str, currency: str, *, zero: bool) -> dict[str, Any]:
    measure = chart.measures[0]
    return {
        "field": column,
        "type": "quantitative",
        "title": _title(chart, currency),
        "axis": alt.Axis(**_axis_format(measure)),
        "scale": alt.Scale(zero=zero),
    }


def _tooltips(chart: Chart, columns: Collection[str], currency: str) -> list[alt.Tooltip]:
    names = [*chart.labels, chart.across, chart.series, *chart.measures]
    ends = [f"{measure}_ci_{end}" for measure in chart.measures for end in ("low", "high")]
    shown = [name for name in [*names, *ends] if name and name in columns]
    return [_tooltip(name, name == chart.across, chart, currency) for name in shown]


def _tooltip(name: str, is_month: bool, chart: Chart, currency: str) -> alt.Tooltip:  # noqa: FBT001  # one call, above
    title = label_of(name, currency)
    if is_month:
        return alt.Tooltip(name, type="temporal", timeUnit="utcyearmonth", title=title)
    if any(name.startswith(measure) for measure in chart.measures):
        unit = unit_of(name, currency)
        named = f"{title} ({unit})" if unit else title
        style = ".2%" if unit in PERCENT else ",.4~r"
        return alt.Tooltip(name, type="quantitative", format=style, title=named)
    return alt.Tooltip(name, type="nominal", title=title)


def _interval(measure: str, columns: Collection[str]) -> tuple[str, str] | None:
    ends = ("ci_low", "ci_high") if measure == "value" else _named_ends(measure)
    return ends if set(ends) <= set(columns) else None


def _named_ends(measure: str) -> tuple[str, str]:
    return f"{measure}_ci_low", f"{measure}_ci_high"


def _lines(chart: Chart, columns: Collection[str], currency: str) -> Any:  # noqa: ANN401  # as _layered
    across = alt.X(chart.across, type="temporal", title=None, timeUnit="utcyearmonth")
    layers: Layers = []
    for measure in chart.measures:
        colour = _colour(chart, measure, currency)
        height = _value_axis(chart, measure, currency, zero=False)
        base = alt.Chart().encode(x=across, **colour)
        ends = _interval(measure, columns)
        if ends is not None:
            band = base.mark_area(opacity=0.22, line=False)
            layers.append(band.encode(y=alt.Y(**{**height, "field": ends[0]}), y2=ends[1]))
        line = base.mark_line(strokeWidth=2.5, point={"size": POINT_SIZE, "filled": True})
        layers.append(line.encode(y=alt.Y(**height), tooltip=_tooltips(chart, columns, currency)))
    return _layered([*layers, *_goals(chart, columns, "y")], height=HEIGHT)


def _colour(chart: Chart, measure: str, currency: str) -> dict[str, Any]:
    if chart.series:
        return {"color": alt.Color(chart.series, type="nominal", title=None)}
    if len(chart.measures) > 1:
        return {"color": alt.datum(label_of(measure, currency))}
    return {}


def _bars(chart: Chart, columns: Collection[str], currency: str) -> Any:  # noqa: ANN401  # as _layered
    measure = chart.measures[0]
    words = " + ' ' + ".join(f"(datum['{name}'] || '')" for name in chart.labels)
    place = alt.Y(LABEL, type="nominal", title=None, sort=None, axis=alt.Axis(labelLimit=190))
    base = alt.Chart().encode(y=place)
    colour = {"color": alt.Color(chart.series, type="nominal", title=None)} if chart.series else {}
    is_bar = chart.kind == "bars"
    value = _value_axis(chart, measure, currency, zero=is_bar)
    mark = base.mark_bar(size=16) if is_bar else base.mark_point(filled=True, size=90)
    layers: Layers = []
    ends = _interval(measure, columns)
    if ends is not None:
        span = base.mark_rule(strokeWidth=2, opacity=1 if is_bar else 0.75)
        low = alt.X(**{**value, "field": ends[0]})
        layers.append(span.encode(x=low, x2=ends[1]))
    layers.append(
        mark.encode(x=alt.X(**value), tooltip=_tooltips(chart, columns, currency), **colour)
    )
    # the interval of a bar stands before it
    drawn = layers[::-1] if is_bar else layers
    whole = _layered([*drawn, *_goals(chart, columns, "x")], height={"step": STEP})
    return whole.transform_calculate(**{LABEL: words})


def _goals(chart: Chart, columns: Collection[str], channel: str) -> Layers:
    """The goal as a dashed line, or as a tick per row where each row has its own."""
    style: dict[str, Any] = {"strokeDash": [6, 4], "strokeWidth": 2, "color": "goal"}
    if chart.goal is not None:
        rule = alt.Chart().mark_rule(**style).encode(**{channel: alt.datum(chart.goal)})
        return [rule]
    if "goal" not in columns:
        return []
    if channel == "y":
        goal = alt.Y("goal", type="quantitative")
        line = alt.Chart().mark_line(**style, interpolate="step-after")
        shared = [alt.Detail(chart.series, type="nominal")] if chart.series else []
        across = alt.X(chart.across, type="temporal", timeUnit="utcyearmonth")
        return [line.encode(x=across, y=goal, detail=shared)]
    tick = alt.Chart().mark_tick(thickness=3, size=20, color="goal")
    place = alt.Y(LABEL, type="nominal", sort=None)
    return [tick.encode(x=alt.X("goal", type="quantitative"), y=place)]


def _waterfall(chart: Chart, columns: Collection[str], currency: str) -> Any:  # noqa: ANN401  # as _layered
    (measure,) = chart.measures
    (label,) = chart.labels
    base = alt.Chart().encode(y=alt.Y(label, type="nominal", title=None, sort=None))
    # room for the numbers beside the bars
    scale = alt.Scale(padding=48, nice=False)
    left = alt.X("from_usd", type="quantitative", title=_title(chart, currency), scale=scale)
    colour = alt.Color("direction", type="nominal", title=None)
    tooltips = _tooltips(chart, columns, currency)
    bars = base.mark_bar(size=18).encode(x=left, x2="to_usd", color=colour, tooltip=tooltips)
    text = base.mark_text(align="left", dx=6).encode(
        x=alt.X("end", type="quantitative"),
        text=alt.Text(measure, type="quantitative", format="+,.3~f"),
    )
    zero = alt.Chart().mark_rule(strokeWidth=1).encode(x=alt.datum(0))
    whole = _layered([zero, bars, text], height={"step": STEP})
    return whole.transform_calculate(end="max(datum.from_usd, datum.to_usd)")
