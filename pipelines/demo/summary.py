"""What was written: the exact truths that a test or a reader can check the numbers against."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from pipelines.demo.catalogue import INFERENCE_POOLS, PURPOSES
from pipelines.demo.fleet import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from pipelines.demo.focus_files import Bill
    from pipelines.demo.invoice_files import InvoiceTotal
    from pipelines.demo.litellm_files import OddDeliveries
    from pipelines.demo.plan import Plan
    from pipelines.demo.planted import PlantedChanges, PlantedTruths
    from pipelines.demo.revenue_files import RevenueTotal
    from pipelines.demo.tally import Tally


@dataclass(frozen=True, slots=True)
class LogTruths:
    """Counts over all log files. `requests` are distinct ids, `rows` lines including repeats.

    `without_reported_price` are answers of a model API whose cost only the price book knows.
    """

    files: int
    rows: int
    requests: int
    requests_by_month: Mapping[date, int]
    requests_by_purpose: Mapping[str, int]
    failed: int
    retries: int
    response_cache_hits: int
    on_device: int
    without_reported_price: int
    odd: OddDeliveries


@dataclass(frozen=True, slots=True)
class PoolTruths:
    """One GPU pool: metered seconds, machine hours paid, and hours of each unusual kind.

    An idle hour is paid and has no traffic; in an overcommitted one the metered seconds exceed what
    the nodes could have worked.
    """

    gpu_seconds: Decimal
    node_hours: int
    idle_hours: int
    overcommitted_hours: int


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """The company that was written into `landing`: size, period, counts and planted truths."""

    landing: Path
    size: str
    seed: int
    first_date: date
    last_date: date
    signups: int
    conversions: int
    churned: int
    logs: LogTruths
    pools: Mapping[str, PoolTruths]
    bills: tuple[Bill, ...]
    invoices: tuple[InvoiceTotal, ...]
    revenue: tuple[RevenueTotal, ...]
    changes: PlantedChanges
    planted: PlantedTruths

    @property
    def requests(self) -> int:
        """Distinct model calls in the logs."""
        return self.logs.requests


def log_truths(tally: Tally, odd: OddDeliveries) -> LogTruths:
    """The counts of the tally, with what the odd deliveries add to the rows."""
    period = tally.plan.period
    requests = int(tally.calls_by_day.sum())
    by_month = {
        first: int(tally.calls_by_day[period.days_of(month)].sum())
        for month, first in enumerate(period.months)
    }
    return LogTruths(
        files=period.days + 2,
        rows=requests + odd.identical_rows + odd.repeated_rows,
        requests=requests,
        requests_by_month=by_month,
        requests_by_purpose=dict(zip(PURPOSES, tally.calls_by_purpose.tolist(), strict=True)),
        odd=odd,
        **tally.counts,
    )


def pool_truths(plan: Plan, tally: Tally) -> dict[str, PoolTruths]:
    """Both inference pools, from the metered time and the nodes that ran."""
    truths = {}
    for pool, gpu_ms in zip(INFERENCE_POOLS, tally.gpu_ms, strict=True):
        nodes = plan.nodes[pool]
        truths[pool] = PoolTruths(
            gpu_seconds=Decimal(int(gpu_ms.sum())).scaleb(-3),
            node_hours=int(nodes.sum()),
            idle_hours=int(np.sum((nodes > 0) & (gpu_ms == 0))),
            overcommitted_hours=int(np.sum(gpu_ms > nodes * SECONDS_PER_HOUR * 1000)),
        )
    return truths
