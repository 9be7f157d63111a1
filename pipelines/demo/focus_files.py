"""The bills: one FOCUS CSV per month, with the cloud's and one model API's charges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipelines.demo.api_charges import api_charges, logged_usd
from pipelines.demo.charges import COLUMNS, charge_row
from pipelines.demo.files import write_csv
from pipelines.demo.gpu_charges import NOTHING, gpu_charges
from pipelines.demo.side_charges import adjustments, storage_charges, unrelated_charges

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from pipelines.demo.files import Report
    from pipelines.demo.plan import Plan
    from pipelines.demo.tally import Tally

FEED = "gpu_billing"


@dataclass(frozen=True, slots=True)
class Bill:
    """One month's file and what it comes to, in US dollars, exact.

    `anthropic_billed` is close to `anthropic_logged`, the sum of the costs in the logs, but not
    equal: its lines are rounded to the cent, and it holds searches that the gateway never saw.
    """

    file: str
    month: date
    lines: int
    billed: Decimal
    effective: Decimal
    anthropic_billed: Decimal
    anthropic_logged: Decimal


def write_bills(landing: Path, plan: Plan, tally: Tally, report: Report) -> tuple[Bill, ...]:
    """All bills, in the order of their months."""
    bills = []
    for month in range(len(plan.period.months)):
        bills.append(_write_bill(landing, plan, tally, month))
        report("GPU bills", month + 1, len(plan.period.months))
    return tuple(bills)


def _write_bill(landing: Path, plan: Plan, tally: Tally, month: int) -> Bill:
    cloud = [
        *gpu_charges(plan, month),
        *storage_charges(plan, month),
        *unrelated_charges(plan, month),
    ]
    cloud += list(adjustments(plan, month, cloud))
    api = list(api_charges(plan, tally, month))
    charges = cloud + api
    first = plan.period.months[month]
    file = f"{FEED}/focus-{first:%Y-%m}.csv"
    days = plan.period.days_of(month)
    bounds = [plan.period.first_moment + timedelta(days=day) for day in (days.start, days.stop)]
    rows = (charge_row(charge, *bounds) for charge in charges)
    write_csv(landing / file, COLUMNS, rows, covers=plan.period.date_of(days.stop - 1))
    return Bill(
        file=file,
        month=first,
        lines=len(charges),
        billed=sum((charge.billed for charge in charges), NOTHING),
        effective=sum((charge.effective for charge in charges), NOTHING),
        anthropic_billed=sum((charge.billed for charge in api), NOTHING),
        anthropic_logged=logged_usd(tally, month),
    )
