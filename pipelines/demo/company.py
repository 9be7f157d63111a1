"""Writing a generated company into a landing folder: the one public entrance."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from pipelines.demo.customers import NEVER
from pipelines.demo.files import refuse_occupied
from pipelines.demo.focus_files import write_bills
from pipelines.demo.invoice_files import write_invoices
from pipelines.demo.litellm_files import write_logs
from pipelines.demo.outcomes import Outcomes
from pipelines.demo.period import months_until
from pipelines.demo.plan import plan_company
from pipelines.demo.planted import planted_changes, write_planted_feeds
from pipelines.demo.revenue_files import write_revenue
from pipelines.demo.scales import scale_named
from pipelines.demo.small_feeds import write_small_feeds
from pipelines.demo.summary import DemoSummary, log_truths, pool_truths

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.demo.files import Report
    from pipelines.demo.plan import Plan
    from pipelines.demo.scales import Scale

DEFAULT_SEED = 7
DEFAULT_END = date(2026, 10, 31)


def write_company(
    landing: Path,
    *,
    size: str,
    seed: int = DEFAULT_SEED,
    end: date = DEFAULT_END,
    report: Report | None = None,
) -> DemoSummary:
    """The files a company's vendors would send in thirteen months, and the truths planted in them.

    `size`: small, medium or large, about 50 thousand, 1 million or 10 million model calls; `end`:
    the last day of the last month. The same arguments give the same bytes. Everything is made up
    and says so where its format lets it. `report` hears (what, done, total).

    Errors: UsageError for an unknown size, an `end` inside a month, or a landing that holds a file.
    """
    return write_scaled_company(landing, scale_named(size), seed=seed, end=end, report=report)


def write_scaled_company(
    landing: Path, scale: Scale, *, seed: int, end: date, report: Report | None = None
) -> DemoSummary:
    """The same for a size of one's own."""
    period = months_until(end)
    refuse_occupied(landing)
    heard = report or _nobody_listens
    plan = plan_company(scale, period, seed)
    outcomes = Outcomes.empty(plan)
    tally, odd = write_logs(landing, plan, outcomes, heard)
    bills = write_bills(landing, plan, tally, heard)
    write_small_feeds(landing, plan)
    return DemoSummary(
        landing=landing,
        size=scale.name,
        seed=seed,
        first_date=period.start,
        last_date=period.end,
        **_customer_counts(plan),
        logs=log_truths(tally, odd),
        pools=pool_truths(plan, tally),
        bills=bills,
        invoices=write_invoices(landing, plan),
        revenue=write_revenue(landing, plan, tally),
        changes=planted_changes(period),
        planted=write_planted_feeds(landing, plan, outcomes),
    )


def _customer_counts(plan: Plan) -> dict[str, int]:
    customers = plan.customers
    return {
        "signups": len(customers.ids),
        "conversions": int(np.sum(customers.converted_day < NEVER)),
        "churned": int(np.sum(customers.churned_day < NEVER)),
    }


def _nobody_listens(_what: str, _done: int, _total: int) -> None:
    """Progress without a listener."""
