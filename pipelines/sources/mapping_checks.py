"""What can be wrong with one column of a mapping: message and remedy."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import yaml

from pipelines.sources.mapping_units import EPOCHS, units_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.sources.feeds import Column

SOURCES = ("column", "constant", "row", "sum")
MODIFIERS = ("unit", "start", "format", "values")
SHAPE = "write `canonical_column: its column`, or {column: …}, {constant: …}, {row: …}, {sum: […]}"


def faults(parts: Mapping[str, yaml.Node], column: Column) -> Iterator[tuple[str, str]]:
    """Every fault of what a mapping says of one column, each with its remedy."""
    given = [name for name in SOURCES if name in parts]
    if len(given) != 1:
        yield f"one of {', '.join(SOURCES)} is needed, {len(given)} are given", SHAPE
    for name in parts.keys() - {*SOURCES, *MODIFIERS}:
        yield f"{name} is not understood", f"use {', '.join((*SOURCES, *MODIFIERS))}"
    if "row" in parts and column.data_type != "varchar":
        yield "row makes a text", "use it for an identity, such as request_id"
    if "sum" in parts and texts_of(parts["sum"]) is None:
        yield "sum takes a list of columns", "write sum: [first, second]"
    if "values" in parts and not isinstance(parts["values"], yaml.MappingNode):
        yield "values takes pairs", "write values: {theirs: ours}"
    yield from _unit_faults(parts, column)


def _unit_faults(parts: Mapping[str, yaml.Node], column: Column) -> Iterator[tuple[str, str]]:
    unit = parts["unit"].value if "unit" in parts else None
    units = units_for(column)
    if unit is not None and unit not in units:
        known = (
            f"use one of {', '.join(units)}" if units else "this column has one unit: leave it out"
        )
        yield f"{unit} is no unit of {column.name} ({column.data_type})", known
    if "start" in parts:
        if unit is None or unit in EPOCHS:
            yield "start needs the unit that is counted in", "for example unit: milliseconds"
        elif not _is_moment(parts["start"].value):
            yield "start is no moment", "write it as 2026-01-31T00:00:00Z"
    elif unit in units and unit not in EPOCHS and column.data_type in {"date", "timestamp"}:
        yield "times are counted from a start", f"add start: …, or use epoch_{unit}"


def texts_of(node: yaml.Node) -> tuple[str, ...] | None:
    """The texts of a list; None where the node is none."""
    if not isinstance(node, yaml.SequenceNode):
        return None
    return tuple(item.value for item in node.value)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
