"""The budgets: what finance allows per month and component, and the one that runs over."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.demo.files import write_csv
from pipelines.demo.period import add_months

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from pipelines.demo.plan import Plan

FEED = "budgets"
COLUMNS = ("budget_month", "component", "currency", "amount")
# The last months of the period, and the quarter after it.
PAST_MONTHS, MONTHS_AHEAD = 4, 3
# What a month may cost when small. Marketing and sales spend grows past its budget.
OVERRUN_COMPONENT = "acquisition"
MONTHLY_BUDGETS = (
    (OVERRUN_COMPONENT, Decimal("115.00"), "USD"),
    ("inference_compute", Decimal("450.00"), "USD"),
    ("maintenance", Decimal("480.00"), "EUR"),
    ("model_api", Decimal("110.00"), "USD"),
)


@dataclass(frozen=True, slots=True)
class BudgetTruths:
    """The months that are budgeted, and the component that is above its budget in the past ones."""

    past_months: tuple[date, ...]
    months_ahead: tuple[date, ...]
    overrun_component: str


def write_budgets(landing: Path, plan: Plan) -> BudgetTruths:
    """One row per month and component, the same every month."""
    past = plan.period.months[-PAST_MONTHS:]
    ahead = tuple(add_months(past[-1], count) for count in range(1, MONTHS_AHEAD + 1))
    rows = _rows(plan, (*past, *ahead))
    write_csv(landing / FEED / f"{FEED}.csv", COLUMNS, rows, covers=plan.period.end)
    return BudgetTruths(past, ahead, OVERRUN_COMPONENT)


def _rows(plan: Plan, months: tuple[date, ...]) -> Iterator[tuple[object, ...]]:
    """Budgets grow with the company's size."""
    for month in months:
        for component, amount, currency in MONTHLY_BUDGETS:
            yield (month, component, currency, amount * plan.scale.relative_size)
