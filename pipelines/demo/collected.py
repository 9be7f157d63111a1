"""The datasets the company keeps beside its logs: how fast they grow, how much of them is used."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipelines.demo.catalogue import DATASETS
from pipelines.demo.runs import FIRST_GENERATION_DATASET

CONVERSATIONS, CONTRACTS, CLICKS = DATASETS


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset of the small company: records at first and per month, and parts of them (0-1).

    `unique_share` is of the collected, `near_share` of the unique, `used_shares` in the first and
    the last month of those without near duplicates. Costs are per month and per record bought;
    storage of three datasets, and labelling, is on bills and invoices instead.
    """

    name: str
    first_records: int
    monthly_records: int
    unique_share: float
    near_share: float
    used_shares: tuple[float, float]
    currency: str | None = None
    storage_cost: Decimal | None = None
    record_price: Decimal | None = None


COLLECTED = (
    Dataset(CONVERSATIONS, 20_000, 1_500, 0.95, 0.96, (0.55, 0.70)),
    Dataset(CONTRACTS, 6_000, 300, 0.98, 0.97, (0.60, 0.68), "EUR", record_price=Decimal("0.045")),
    Dataset(CLICKS, 30_000, 1_000, 0.90, 0.90, (0.50, 0.50), "USD", record_price=Decimal("0.004")),
    Dataset(
        FIRST_GENERATION_DATASET,
        8_000,
        400,
        0.93,
        0.95,
        (0.40, 0.35),
        "USD",
        Decimal("3.10"),
        Decimal("0.020"),
    ),
)
