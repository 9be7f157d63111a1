"""JSON lines as text: one SQL expression per column, and what can be wrong with a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources.quoting import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipelines.sources.format import SourceColumn

# What is no JSON object fails here, not below where every function expects one.
JSON_PROBLEMS = """
when not json_valid(_text) then {
    'rule': 'json_object_per_line', 'reason': 'the line is no JSON: cut off, or never JSON',
    'remedy': 'deliver one JSON object per line; deliver a file that is cut off again'
}
when json_type(_text) <> 'OBJECT' then {
    'rule': 'json_object_per_line', 'reason': 'the line is JSON but no object',
    'remedy': 'deliver one JSON object per line'
}
"""
TWICE = """
when len(list_filter(json_keys(_text), lambda key: key in ({keys})))
    > len(list_distinct(list_filter(json_keys(_text), lambda key: key in ({keys}))))
then {{
    'rule': 'distinct_columns', 'reason': 'the object names a key twice',
    'remedy': 'deliver each key once'
}}
"""
NO_OBJECT = """
when coalesce(json_type(_text, {pointer}), 'NULL') not in ('OBJECT', 'NULL') then {{
    'rule': 'right_type', 'reason': {reason},
    'remedy': 'deliver the payload as its vendor writes it'
}}
"""


def json_columns(sources: Mapping[str, SourceColumn]) -> dict[str, str]:
    """Each column as an expression over the line's text; null where the line is no JSON."""
    return {
        name: f"case when json_valid(_text) then _text ->> {_pointer(source.path)} end"
        for name, source in sources.items()
    }


def json_problems(sources: Mapping[str, SourceColumn]) -> str:
    """Cases, in order, that set a line aside before its values are looked at."""
    paths = [source.path for source in sources.values()]
    keys = dict.fromkeys(literal(path.partition(".")[0]) for path in paths)
    twice = TWICE.format(keys=", ".join(keys))
    nodes = (
        NO_OBJECT.format(pointer=_pointer(path), reason=literal(f"{path} is no JSON object"))
        for path in _parents(paths)
    )
    return "".join([JSON_PROBLEMS, twice, *nodes])


def _parents(paths: Iterable[str]) -> list[str]:
    """Every object that one of the paths leads through, the outer ones first."""
    found: dict[str, None] = {}
    for path in paths:
        above = path.split(".")[:-1]
        found.update({".".join(above[: depth + 1]): None for depth in range(len(above))})
    return list(found)


def _pointer(path: str) -> str:
    return literal("$." + ".".join(f'"{name}"' for name in path.split(".")))
