"""Units a file may come in, and how each becomes the unit that a column is declared in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources import canonical
from pipelines.sources.quoting import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.sources.feeds import Column

MICROSECONDS = {
    "nanoseconds": "0.001",
    "microseconds": "1",
    "milliseconds": "1000",
    "seconds": "1000000",
    "minutes": "60000000",
    "hours": "3600000000",
    "days": "86400000000",
}
EPOCHS = {f"epoch_{unit}": unit for unit in list(MICROSECONDS)[:4]}
DURATIONS = {"milliseconds": "1e-3", "seconds": "1e-6", "hours": "2.777777777777778e-10"}
DECLARED_DURATION = {"GPU hours": "hours"}
MONEY = {"minor_units": "0.01", "micro_units": "0.000001"}
COUNTS = {"thousands": "1000", "millions": "1000000"}
SHARES = {"percent": "0.01"}


def units_for(column: Column) -> tuple[str, ...]:
    """The units a file may give this column in, beside its own."""
    return tuple(_table(column))


def type_read(column: Column, unit: str | None, file_type: str) -> str:
    """The type a value is read in: exact where its digits matter, else as in a canonical file."""
    if unit is not None and (column.money or _is_time(column)):
        return file_type if canonical.EXACT_NUMBER.match(file_type) else "VARCHAR"
    return canonical.type_read(column, file_type)


def converted(
    text: str, column: Column, *, unit: str | None, start: str | None, layout: str | None
) -> str:
    """SQL for the value in the column's own unit.

    Money and times are converted in decimals, so that no digit is lost on the way.
    """
    if layout is not None:
        return f"timezone('UTC', strptime({text}, {literal(layout)}))"
    if _is_time(column) and unit is not None:
        factor = MICROSECONDS[EPOCHS.get(unit, unit)]
        since = f"epoch_us(cast({literal(start)} as timestamptz))" if start else "0"
        exact = f"cast({text} as decimal(28, 6)) * cast({factor} as decimal(16, 3))"
        return f"make_timestamptz({since} + cast(round({exact}) as bigint))"
    if unit is None:
        return text
    factor = _table(column)[unit]
    if column.money:
        return f"cast({text} as decimal(25, 6)) * cast({literal(factor)} as decimal(7, 6))"
    return f"cast({text} as double) * {factor}"


def _table(column: Column) -> Mapping[str, str]:
    if _is_time(column):
        return {**EPOCHS, **MICROSECONDS}
    if column.money:
        return MONEY
    own = DECLARED_DURATION.get(column.unit or "", column.unit or "")
    if own in DURATIONS:
        return {unit: f"{factor} * {DURATIONS[own]}" for unit, factor in MICROSECONDS.items()}
    return SHARES if own == "share" else COUNTS if column.data_type == "bigint" else {}


def _is_time(column: Column) -> bool:
    return column.data_type in {"date", "timestamp"}
