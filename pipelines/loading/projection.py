"""From a format's expressions to canonical, typed columns, and what must hold for each of them.

Columns are referred to by their quoted names: in `value_sql` and `column_checks` the name stands
for the format's expression, in `row_checks` for the typed value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.loading.pseudonyms import pseudonym_sql
from pipelines.sources.canonical import time_aware
from pipelines.sources.quoting import identifier, literal

if TYPE_CHECKING:
    from datetime import date

    from pipelines.sources.feeds import Column, Feed
    from pipelines.sources.format import Reading

# Binary floating point keeps 15 to 17 digits. A number printed with at least 16 whose tail changes
# nothing above the fifteenth is such a float: its tail is noise, no lost money.
FLOAT_DIGITS = 16
FLOAT_TOLERANCE = "1e-15"
TIME_TYPES = ("date", "timestamp")


@dataclass(frozen=True)
class Check:
    """What must hold: SQL, and for a row where it is false the reason and the remedy."""

    rule: str
    holds: str
    message: str
    remedy: str


def expression_sql(column: Column, reading: Reading) -> str:
    """The format's expression for a canonical column; a typed null where it has none."""
    return reading.select.get(column.name, f"cast(null as {time_aware(column)})")


def value_sql(column: Column) -> str:
    """The typed value: empty text is null or the column's default, times and dates are UTC."""
    name = identifier(column.name)
    if column.data_type == "varchar":
        text = f"nullif(cast({name} as varchar), '')"
        if column.is_pseudonymised:
            pseudonym = pseudonym_sql(text)
            text = f"case when {column.pseudonymise} then {pseudonym} else {text} end"
        return f"coalesce({text}, {literal(column.default)})" if column.default else text
    if column.data_type in TIME_TYPES:
        # What `at time zone 'UTC'` would say, without a calendar: twenty times as fast.
        return f"cast(make_timestamp(epoch_us({name})) as {column.data_type})"
    return f"cast({name} as {column.data_type})"


def column_checks(column: Column, reading: Reading) -> list[Check]:
    """What must hold for the format's value of one column."""
    name = identifier(column.name)
    if column.name not in reading.select:
        return []
    if column.name in reading.money_texts:
        return [_money_check(column)]
    if column.data_type == "bigint":
        return [Check("whole_number", f"{name} = trunc({name})", "is no whole number", WHOLE)]
    if column.data_type == "double":
        return [Check("finite_number", f"isfinite({name})", "is no finite number", FINITE)]
    if column.data_type in TIME_TYPES:
        holds = f"isfinite({name}) and epoch_us({name}) >= 0"
        return [Check("plausible_time", holds, "is before 1970 or infinite", ISO_TIME)]
    return []


def row_checks(feed: Feed, latest_day: date) -> list[Check]:
    """What must hold for the typed row as a whole: the rules of the declaration."""
    day = f"date '{latest_day.isoformat()}'"
    return [
        Check(rule.name, rule.condition.replace("{latest_day}", day), rule.message, rule.remedy)
        for rule in feed.rules
    ]


def all_hold(checks: list[Check]) -> str:
    """SQL that is true when every check holds; a null does not break one."""
    return " and ".join(f"({check.holds}) is not false" for check in checks) or "true"


def _money_check(column: Column) -> Check:
    """Digits below the declared scale must be zero, or the noise of a float."""
    text = identifier(column.name)
    scale = int(column.data_type.rstrip(") ").rpartition(",")[2])
    value = f"try_cast({text} as {column.data_type})"
    mantissa = f"split_part(lower({text}), 'e', 1)"
    digits = f"length(ltrim(regexp_replace({mantissa}, '[^0-9]', '', 'g'), '0'))"
    plain = (
        f"{text} is null or strpos(lower({text}), 'e') = 0"
        f" and (strpos({text}, '.') = 0 or length({text}) - strpos({text}, '.') <= {scale})"
    )
    exact = f"try_cast({text} as decimal(38, {2 * scale})) = {value}"
    noise = (
        f"{digits} >= {FLOAT_DIGITS} and abs(try_cast({text} as double) - {value})"
        f" <= {FLOAT_TOLERANCE} * abs({value})"
    )
    holds = (
        f"case when {plain} then true else coalesce({exact}, false) or coalesce({noise}, false) end"
    )
    message = f"has digits below the {scale}th decimal that would be lost"
    return Check("money_digits", holds, message, f"round to {scale} decimals before delivery")


WHOLE = "deliver counts as whole numbers"
FINITE = "leave the value empty where it is not known"
ISO_TIME = "deliver times as YYYY-MM-DDTHH:MM:SSZ and dates as YYYY-MM-DD"
