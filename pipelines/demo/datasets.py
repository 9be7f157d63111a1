"""What the company collected, how much of it is unique, and how much of it is used, by month."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from pipelines.demo.collected import CLICKS, COLLECTED, CONTRACTS, CONVERSATIONS
from pipelines.demo.files import write_csv
from pipelines.demo.period import MONTHS, last_of_month
from pipelines.demo.runs import FIRST_GENERATION_DATASET
from pipelines.demo.side_charges import CENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from pipelines.demo.collected import Dataset
    from pipelines.demo.plan import Plan

FEED = "datasets"
# From this month on one dataset grows many times faster, by records it mostly has already.
INFLATED_FROM_MONTH, INFLATED_RECORDS, INFLATED_UNIQUE = 9, 12_000, 0.25
RETIRED_MONTH, RETIRED_ON_DAY = 7, 15


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A dataset at the end of a month, counts so far and costs of the month."""

    dataset_id: str
    snapshot_date: date
    retired_on: date | None
    currency: str | None
    records_collected: int
    records_unique: int
    records_near_unique: int
    records_used: int
    storage_cost: Decimal | None
    sourcing_cost: Decimal | None


COLUMNS = tuple(column.name for column in fields(Snapshot))


@dataclass(frozen=True, slots=True)
class DatasetTruths:
    """Which dataset is which, and the part of its collected records that is used, by snapshot."""

    healthy: tuple[str, ...]
    inflating: str
    inflates_from: date
    retired: str
    retired_on: date
    used_share: dict[str, tuple[float, ...]]


def write_datasets(landing: Path, plan: Plan) -> DatasetTruths:
    """A snapshot of every dataset at the end of every month, until it is retired."""
    snapshots = list(_snapshots(plan))
    rows = ([getattr(snapshot, column) for column in COLUMNS] for snapshot in snapshots)
    write_csv(landing / FEED / f"{FEED}.csv", COLUMNS, rows, covers=plan.period.end)
    used_share: dict[str, tuple[float, ...]] = {}
    for taken in snapshots:
        share = taken.records_used / taken.records_collected
        used_share[taken.dataset_id] = (*used_share.get(taken.dataset_id, ()), share)
    return DatasetTruths(
        healthy=(CONVERSATIONS, CONTRACTS),
        inflating=CLICKS,
        inflates_from=plan.period.months[INFLATED_FROM_MONTH],
        retired=FIRST_GENERATION_DATASET,
        retired_on=_retired_on(plan),
        used_share=used_share,
    )


def _snapshots(plan: Plan) -> Iterator[Snapshot]:
    for month in range(MONTHS):
        for dataset in COLLECTED:
            is_retired = dataset.name == FIRST_GENERATION_DATASET
            if not is_retired or month <= RETIRED_MONTH:
                retired_on = _retired_on(plan) if is_retired and month == RETIRED_MONTH else None
                yield _snapshot(plan, dataset, month, retired_on)


def _snapshot(plan: Plan, dataset: Dataset, month: int, retired_on: date | None) -> Snapshot:
    size = plan.scale.relative_size
    usual, inflated = _collected(dataset, month)
    unique = int(usual * dataset.unique_share) + int(inflated * INFLATED_UNIQUE)
    bought = dataset.monthly_records + (INFLATED_RECORDS if inflated else 0)
    storage, price = dataset.storage_cost, dataset.record_price
    return Snapshot(
        dataset_id=dataset.name,
        snapshot_date=last_of_month(plan.period.months[month]),
        retired_on=retired_on,
        currency=dataset.currency,
        records_collected=(usual + inflated) * size,
        records_unique=unique * size,
        records_near_unique=int(unique * dataset.near_share) * size,
        records_used=_used(dataset, month) * size,
        storage_cost=None if storage is None else storage * size,
        sourcing_cost=None if price is None else (bought * price * size).quantize(CENT),
    )


def _collected(dataset: Dataset, month: int) -> tuple[int, int]:
    """Records by the end of a month: as ever, and from the inflation."""
    usual = dataset.first_records + dataset.monthly_records * (month + 1)
    months_inflated = max(0, month - INFLATED_FROM_MONTH + 1)
    return usual, INFLATED_RECORDS * months_inflated if dataset.name == CLICKS else 0


def _used(dataset: Dataset, month: int) -> int:
    """Used records; the inflating dataset's stay what they were before it inflated."""
    if dataset.name == CLICKS:
        month = min(month, INFLATED_FROM_MONTH - 1)
    first, last = dataset.used_shares
    share = first + (last - first) * month / (MONTHS - 1)
    usual = dataset.first_records + dataset.monthly_records * (month + 1)
    return int(usual * dataset.unique_share * dataset.near_share * share)


def _retired_on(plan: Plan) -> date:
    return plan.period.months[RETIRED_MONTH].replace(day=RETIRED_ON_DAY)
