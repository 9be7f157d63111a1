"""What customers were invoiced: one canonical CSV per month of the invoice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.demo.files import write_csv
from pipelines.demo.period import last_of_month
from pipelines.demo.subscriptions import revenue_lines

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.demo.plan import Plan
    from pipelines.demo.tally import Tally

FEED = "revenue"
COLUMNS = (
    "invoice_id",
    "line_id",
    "customer_id",
    "kind",
    "period_start",
    "period_end",
    "amount",
    "currency",
)
CURRENCIES = ("EUR", "USD")


@dataclass(frozen=True, slots=True)
class RevenueTotal:
    """What one month's file comes to in one currency, exact; refunds are negative."""

    file: str
    currency: str
    lines: int
    amount: Decimal


def write_revenue(landing: Path, plan: Plan, tally: Tally) -> tuple[RevenueTotal, ...]:
    """All revenue files, by month and currency."""
    lines = list(revenue_lines(plan, tally))
    totals = []
    for month, first in enumerate(plan.period.months):
        of_month = [line for line in lines if line.month == month]
        file = f"{FEED}/revenue-{first:%Y-%m}.csv"
        rows = ([getattr(line, column) for column in COLUMNS] for line in of_month)
        write_csv(landing / file, COLUMNS, rows, covers=last_of_month(first))
        for currency in CURRENCIES:
            amounts = [line.amount for line in of_month if line.currency == currency]
            totals.append(RevenueTotal(file, currency, len(amounts), sum(amounts, Decimal(0))))
    return tuple(totals)
