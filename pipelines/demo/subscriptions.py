"""What customers are invoiced: subscriptions in advance, usage above the plan, refunds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.demo.customers import ENTERPRISE, NEVER, PRO_ANNUAL, PRO_MONTHLY, STARTER
from pipelines.demo.period import MONTHS, MONTHS_PER_YEAR, add_months, last_of_month

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.demo.plan import Plan
    from pipelines.demo.tally import Tally

STREAM = 30
REFUND_SHARE = 0.01
# Per month in USD and EUR; a year costs ten months.
MONTHLY_PRICES = {
    STARTER: (12, 11),
    PRO_MONTHLY: (59, 55),
    PRO_ANNUAL: (59, 55),
    ENTERPRISE: (290, 270),
}
MONTHS_PAID_PER_YEAR = 10
ANNUAL_PLANS = (PRO_ANNUAL, ENTERPRISE)
# Calls a month that the plan includes, and the price of a call above it; starters have no overage.
INCLUDED_CALLS = {PRO_MONTHLY: 60, PRO_ANNUAL: 60, ENTERPRISE: 300}
OVERAGE_PRICES = (Decimal("0.08"), Decimal("0.07"))


@dataclass(frozen=True, slots=True)
class RevenueLine:
    """One line of an invoice to a customer; the service period includes both its days.

    A refund has a negative amount and the period of what it gives back.
    """

    invoice_id: str
    line_id: str
    customer_id: str
    kind: str
    period_start: date
    period_end: date
    amount: Decimal
    currency: str
    month: int


def revenue_lines(plan: Plan, tally: Tally) -> Iterator[RevenueLine]:
    """All lines of the period, customer by customer; `month` is the month of the invoice."""
    rng = plan.rng(STREAM, 0)
    for customer, paid in enumerate(plan.customers.converted_day):
        if paid == NEVER or plan.customers.churned_day[customer] <= 0:
            continue
        for line in _subscription_lines(plan, customer):
            yield line
            if line.period_end < add_months(line.period_start, 1) and rng.random() < REFUND_SHARE:
                yield _refund(line)
        yield from _usage_lines(plan, tally, customer)


def _subscription_lines(plan: Plan, customer: int) -> Iterator[RevenueLine]:
    """Billed on the day of the month the contract began.

    Contracts older than the period are renewed on its first day, so that all revenue of the period
    is in the period's files.
    """
    book, period = plan.customers, plan.period
    tier = int(book.plan[customer])
    months = MONTHS_PER_YEAR if tier in ANNUAL_PLANS else 1
    units = MONTHS_PAID_PER_YEAR if tier in ANNUAL_PLANS else 1
    is_euro = bool(book.pays_euro[customer])
    anchor = period.date_of(max(0, int(book.converted_day[customer])))
    for number in range(0, MONTHS + 1, months):
        start = add_months(anchor, number)
        day = period.day_of(start)
        if day >= min(period.days, int(book.churned_day[customer])):
            return
        yield RevenueLine(
            invoice_id=f"DEMO-S-{start}-{book.ids[customer]}",
            line_id="1",
            customer_id=book.ids[customer],
            kind="subscription",
            period_start=start,
            period_end=add_months(anchor, number + months) - timedelta(days=1),
            amount=Decimal(MONTHLY_PRICES[tier][is_euro] * units),
            currency="EUR" if is_euro else "USD",
            month=period.month_of(day),
        )


def _refund(line: RevenueLine) -> RevenueLine:
    return replace(line, line_id="2", kind="refund", amount=-line.amount)


def _usage_lines(plan: Plan, tally: Tally, customer: int) -> Iterator[RevenueLine]:
    """Calls above what the plan includes, month by month in arrears."""
    book = plan.customers
    included = INCLUDED_CALLS.get(int(book.plan[customer]))
    if included is None:
        return
    is_euro = bool(book.pays_euro[customer])
    for month, first in enumerate(plan.period.months):
        above = int(tally.paid_calls[month, customer]) - included
        if above > 0:
            yield RevenueLine(
                invoice_id=f"DEMO-U-{first:%Y-%m}-{book.ids[customer]}",
                line_id="1",
                customer_id=book.ids[customer],
                kind="usage",
                period_start=first,
                period_end=last_of_month(first),
                amount=above * OVERAGE_PRICES[is_euro],
                currency="EUR" if is_euro else "USD",
                month=month,
            )
