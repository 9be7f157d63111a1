"""Which records become rows and which do not, and for each that does not the first reason.

The same expressions and checks as on the fast path, but tried: what fails there fails here alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.loading.projection import (
    Check,
    column_checks,
    expression_sql,
    row_checks,
    value_sql,
)
from pipelines.loading.tables import columns_sql, document_sql, raw_table
from pipelines.sources.quoting import identifier, literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from pipelines.loading.deliveries import Delivery
    from pipelines.sources.feeds import Column, Feed
    from pipelines.sources.format import Reading, SourceColumn

KEPT = "_file_id, _line, _content"
TYPE_REMEDY = "deliver the value in the declared type, or leave it empty"
MISSING_REMEDY = "deliver the value; a row cannot be used without it"
JUDGED = """
create or replace temp table judged as
with

source as (select {kept}, {source_problem} as _problem, {source} from delivered_text),

items as ({items}),

derived as (select *, {derived_problem} as _problem_derived, {derived} from items),

chosen as (
    select {kept}, coalesce(_problem, _problem_derived, {chosen_problem}) as _problem, {chosen}
    from derived
),

typed as (select {kept}, coalesce(_problem, {typed_problem}) as _problem, {typed} from chosen)

select {kept}, coalesce(_problem, {row_problem}) as _problem, {columns}
from typed
"""
INSERT_GOOD = """
insert into {table} ({columns}, _file_id, _line, _key_hash)
select {columns}, _file_id, _line, hash({key})
from judged
where _problem is null
"""
INSERT_BAD = """
insert into quarantine.rows
select $feed, _file_id, _line, _problem.rule, _problem.reason, _problem.remedy, _content, $now
from judged
where _problem is not null
"""
NO_PROBLEM = "cast(null as struct(rule varchar, reason varchar, remedy varchar))"


def judged_sql(delivery: Delivery, latest_day: date) -> str:
    """The statement that makes the temporary table `judged` from `delivered_text`."""
    feed, reading = delivery.feed, delivery.recognised.reading
    return JUDGED.format(
        kept=KEPT,
        source_problem=f"coalesce(_problem, {_first(_wrong_types(reading))})",
        source=_listed(
            (name, _typed_source(name, source)) for name, source in reading.columns.items()
        ),
        items=_items_sql(reading),
        derived_problem=_first(_uncomputed(reading.derived.items())),
        derived=_listed((name, _tried(sql)) for name, sql in reading.derived.items())
        or "null as _none",
        chosen_problem=_first(_uncomputed(reading.select.items())),
        chosen=_listed((c.name, _tried(expression_sql(c, reading))) for c in feed.columns),
        typed_problem=_first(
            when for column in feed.columns for when in _column_problems(column, reading)
        ),
        typed=_listed((column.name, _tried(value_sql(column))) for column in feed.columns),
        row_problem=_first(_row_problems(feed, latest_day)),
        columns=columns_sql(feed),
    )


def insert_good_sql(feed: Feed) -> str:
    """The statement that moves sound rows from `judged` to the raw table."""
    return INSERT_GOOD.format(
        table=raw_table(feed), columns=columns_sql(feed), key=document_sql(feed)
    )


def _typed_source(name: str, source: SourceColumn) -> str:
    text = identifier(name)
    if source.is_nested:
        # the text of a nested value is JSON, which only a cast from JSON reads as such
        text = f"try_cast({text} as json)"
    return f"try_cast({text} as {source.data_type})"


def _items_sql(reading: Reading) -> str:
    """A record that could not be read stands for the rows it may have held."""
    rows = f"source where _problem is not null or ({reading.where})" if reading.where else "source"
    if reading.unnest is None:
        return f"select * from {rows}"
    items = f"case when _problem is null then {reading.unnest} else [null] end"
    return f"select {KEPT}, _problem, unnest({items}) as item from {rows}"


def _wrong_types(reading: Reading) -> Iterable[tuple[str, str]]:
    for name, source in reading.columns.items():
        text = identifier(name)
        broken = f"{text} is not null and {_typed_source(name, source)} is null"
        message = f"is no {source.data_type}"
        reason = literal(f"{name} {message}") if source.is_private else _value_reason(name, message)
        yield broken, _struct("right_type", reason, TYPE_REMEDY)


def _uncomputed(expressions: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    for name, sql in expressions:
        reason = literal(f"{name} cannot be computed from the columns it is read from")
        yield f"{_attempt(sql)} is null", _struct("right_type", reason, TYPE_REMEDY)


def _column_problems(column: Column, reading: Reading) -> Iterable[tuple[str, str]]:
    reason = _value_reason(column.name, f"is no {column.data_type.upper()}")
    yield f"{_attempt(value_sql(column))} is null", _struct("right_type", reason, TYPE_REMEDY)
    for check in column_checks(column, reading):
        shown = _value_reason(column.name, check.message)
        yield f"({check.holds}) is false", _struct(check.rule, shown, check.remedy)


def _row_problems(feed: Feed, latest_day: date) -> Iterable[tuple[str, str]]:
    for name in feed.required:
        reason = literal(f"{name} is missing")
        yield f"{identifier(name)} is null", _struct("required_value", reason, MISSING_REMEDY)
    checks: list[Check] = row_checks(feed, latest_day)
    for check in checks:
        yield f"({check.holds}) is false", _struct(check.rule, literal(check.message), check.remedy)


def _first(cases: Iterable[tuple[str, str]]) -> str:
    whens = " ".join(f"when {broken} then {problem}" for broken, problem in cases)
    return f"case {whens} end" if whens else NO_PROBLEM


def _listed(columns: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{sql} as {identifier(name)}" for name, sql in columns)


def _attempt(sql: str) -> str:
    """Null where the expression fails, a struct where it yields a value or null."""
    return f"try(struct_pack(v := {sql}))"


def _tried(sql: str) -> str:
    return f"struct_extract({_attempt(sql)}, 'v')"


def _struct(rule: str, reason_sql: str, remedy: str) -> str:
    return f"{{'rule': {literal(rule)}, 'reason': {reason_sql}, 'remedy': {literal(remedy)}}}"


def _value_reason(name: str, message: str) -> str:
    shown = f"left(cast({identifier(name)} as varchar), 40)"
    return f"concat({literal(name + ': ')}, '\"', {shown}, '\" ', {literal(message)})"
