"""A team's own file made canonical by a few lines of YAML, `<feed>.mapping.yml` beside it.

columns:
  request_id: {row: azure}                      # from the row's line and values
  started_at: TIMESTAMP                         # the column of that name
  model: {constant: gpt-4}
  input_tokens: {sum: [fresh, cached]}
  latency_ms: {column: seconds, unit: seconds}
  status: {column: ok, values: {"1": success, "0": error}}
ignore: [hash_ids]
defaults: {provider: own}                       # where a file, of any format, has no value
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipelines.sources import canonical
from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.mapping_units import converted, type_read
from pipelines.sources.quoting import identifier, literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.sources.feeds import Column, Feed

IDENTITY_CHARACTERS = 12


@dataclass(frozen=True)
class Value:
    """Where one canonical column comes from, and on which line of the mapping that is said.

    Of `columns`, `constant` and `row` (the prefix of an identity made of the row itself) one is
    given; several columns are added up. `unit` is the file's unit, `start` the moment that times
    are counted from (ISO 8601), `layout` how times are written, `values` a translation.
    """

    line: int
    columns: tuple[str, ...] = ()
    constant: str | None = None
    row: str | None = None
    unit: str | None = None
    start: str | None = None
    layout: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnMapping:
    """The mapping of one folder: `name` is its path and a digest, as the ledger shows it."""

    name: str
    feed: str
    values: Mapping[str, Value]
    ignored: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)


def format_of(mapping: ColumnMapping) -> Format:
    """The format that reads files through the mapping; it fits files that have its columns."""
    return Format(
        name="mapping",
        feeds=(mapping.feed,),
        marks=f"the columns {', '.join(sorted(_columns(mapping)))}",
        recognise=lambda sample, feed: not absent(mapping, sample, feed),
        reading=lambda sample, feed: reading(mapping, sample, feed),
        private=True,
    )


def with_defaults(plain: Reading, mapping: ColumnMapping, feed: Feed) -> Reading:
    """A reading, of whatever format, with the mapping's values where it yields none."""
    chosen = {column.name: column for column in feed.columns if column.name in mapping.defaults}
    filled = {}
    for name, column in chosen.items():
        is_text = column.data_type == "varchar" or name in plain.money_texts
        data_type = "varchar" if is_text else canonical.time_aware(column)
        value = f"cast({plain.select.get(name, 'null')} as {data_type})"
        given = f"nullif({value}, '')" if is_text else value
        default = f"cast({literal(mapping.defaults[name])} as {data_type})"
        filled[name] = f"coalesce({given}, {default})"
    missing = tuple(name for name in plain.missing if name not in filled)
    return replace(plain, select={**plain.select, **filled}, missing=missing)


def absent(mapping: ColumnMapping, sample: Sample, feed: Feed) -> dict[str, int]:
    """Columns that the mapping names and the file lacks, with the line that names them.

    Records of JSON may leave optional keys out: only what required columns come from must be there.
    """
    if sample.container not in canonical.TABULAR:
        return {name: value.line for value in mapping.values.values() for name in value.columns}
    return {
        name: value.line
        for target, value in mapping.values.items()
        for name in value.columns
        if (sample.container != "jsonl" or target in feed.required)
        and (name.partition(".")[0] if sample.container == "jsonl" else name) not in sample.columns
    }


def reading(mapping: ColumnMapping, sample: Sample, feed: Feed) -> Reading:
    """How a file of that shape is read; canonical columns the mapping leaves out are null."""
    declared = {column.name: column for column in feed.columns}
    sources = dict(_sources(mapping, declared, sample))
    plain = {
        name
        for name, value in mapping.values.items()
        if declared[name].money and len(value.columns) == 1 and value.unit is None
    }
    read = {name.partition(".")[0] if sample.container == "jsonl" else name for name in sources}
    return Reading(
        columns=sources,
        select={
            name: _expression(value, declared[name], sources)
            for name, value in mapping.values.items()
        },
        money_texts=frozenset(plain),
        missing=tuple(n for n in feed.required if n not in {*mapping.values, *mapping.defaults}),
        unknown=tuple(n for n in sample.columns if n not in read and n not in mapping.ignored),
        needs_lines=any(value.row is not None for value in mapping.values.values()),
    )


def _columns(mapping: ColumnMapping) -> set[str]:
    return {name for value in mapping.values.values() for name in value.columns}


def _sources(
    mapping: ColumnMapping, declared: Mapping[str, Column], sample: Sample
) -> Iterator[tuple[str, SourceColumn]]:
    """Each column of the file that is read, under its own name; what two want is read as text."""
    wanted: dict[str, set[str]] = {}
    for target, value in mapping.values.items():
        for name in value.columns:
            found = sample.columns.get(name, "")
            is_text = value.values or value.layout
            wanted.setdefault(name, set()).add(
                "VARCHAR" if is_text else type_read(declared[target], value.unit, found)
            )
    for name, types in wanted.items():
        yield name, SourceColumn(name, types.pop() if len(types) == 1 else "VARCHAR")


def _expression(value: Value, column: Column, sources: Mapping[str, SourceColumn]) -> str:
    if value.constant is not None:
        return f"cast({literal(value.constant)} as {canonical.time_aware(column)})"
    if value.row is not None:
        texts = ", ".join(f"cast({identifier(name)} as varchar)" for name in sorted(sources))
        digest = f"left(md5(concat_ws('|', {texts})), {IDENTITY_CHARACTERS})"
        return f"concat_ws('-', {literal(value.row)}, _line, {digest})"
    parts = [_translated(name, value, column) for name in value.columns]
    if len(parts) == 1:
        return parts[0]
    total = " + ".join(f"coalesce({part}, 0)" for part in parts)
    return f"case when coalesce({', '.join(parts)}) is not null then {total} end"


def _translated(name: str, value: Value, column: Column) -> str:
    text = identifier(name)
    if not value.values:
        return converted(text, column, unit=value.unit, start=value.start, layout=value.layout)
    cases = " ".join(
        f"when {literal(old)} then {literal(new)}" for old, new in value.values.items()
    )
    return f"case {text} {cases} else {text} end"
