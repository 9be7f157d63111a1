"""A check: one demand on one table, how grave it is, and what to do when it is not met."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from inspect import cleandoc
from typing import Literal, Protocol

from pipelines.errors import UsageError
from pipelines.quality.rules import Rule, fill
from pipelines.sources.quoting import identifier

Severity = Literal["critical", "warning"]


class FeedLike(Protocol):
    """What a gate needs to know of a declared feed."""

    @property
    def name(self) -> str:
        """Name of the feed and of its raw table."""

    @property
    def event_time(self) -> str | None:
        """Column whose day a row belongs to."""

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that identify a row."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One demand on one table; `critical` stops the publication, `warning` is told.

    `key` names the columns of the failing rows that identify them; `also_reads` the further tables
    (`schema.table`) the rule's SQL needs.
    """

    name: str
    description: str
    schema: str
    table: str
    severity: Severity
    rule: Rule
    remedy: str
    column: str | None = None
    key: tuple[str, ...] = ()
    also_reads: tuple[str, ...] = ()

    @property
    def relation(self) -> str:
        """The table as SQL reads it."""
        return identifier(self.schema, self.table)

    @property
    def reads(self) -> tuple[str, ...]:
        """Every table that must exist for the check to be judged, as `schema.table`."""
        return (f"{self.schema}.{self.table}", *self.also_reads)

    @property
    def failing_rows_query(self) -> str:
        """Plain SQL against the warehouse that returns the rows which break the rule."""
        return cleandoc(fill(self.rule.failing_rows(self.column), batch=self.relation))


def share_assumption(assumptions: Mapping[str, object], name: str) -> float:
    """An assumption that is a share of 0-1. Errors: UsageError when absent or out of range."""
    value = _assumption(assumptions, name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        rule = "a share is a number from 0 to 1"
        raise UsageError(rule, f"vars.yml: {name}: {value}", "for example 0.05")
    return float(value)


def ratio_assumption(assumptions: Mapping[str, object], name: str) -> float:
    """An assumption that is a number of times. Errors: UsageError when absent or not above 1."""
    value = _assumption(assumptions, name)
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 1:
        rule = "a ratio of a gate is a number above 1"
        raise UsageError(rule, f"vars.yml: {name}: {value}", "for example 10")
    return float(value)


def days_assumption(assumptions: Mapping[str, object], name: str) -> int:
    """An assumption in whole days. Errors: UsageError when absent, negative or not whole."""
    value = _assumption(assumptions, name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        rule = "a number of days is a whole number from 0"
        raise UsageError(rule, f"vars.yml: {name}: {value}", "for example 3")
    return value


def date_assumption(assumptions: Mapping[str, object], name: str) -> date:
    """An assumption that is a day. Errors: UsageError when absent or not written YYYY-MM-DD."""
    value = _assumption(assumptions, name)
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        rule = "a date is written YYYY-MM-DD"
        raise UsageError(rule, f"{name}: {value}", "for example 2026-10-31") from error


def _assumption(assumptions: Mapping[str, object], name: str) -> object:
    if name not in assumptions:
        raise UsageError(
            "every threshold of a gate is a named assumption",
            f"vars.yml has no var {name}",
            f"add {name} with its unit and its source under vars",
        )
    return assumptions[name]
