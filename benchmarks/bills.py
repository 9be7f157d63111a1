"""The FOCUS bills, one per month: GPU pools by the hour, a model API, storage and tax."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from benchmarks.span import bounds_of, months_of
from pipelines.demo.api_charges import ANTHROPIC, SERVICE
from pipelines.demo.catalogue import BATCH_POOL, CHAT_POOL, TRAINING_POOL
from pipelines.demo.charges import COLUMNS, Charge, Vendor, charge_row
from pipelines.demo.files import write_csv
from pipelines.demo.gpu_charges import CLOUD, COMPUTE, NOTHING
from pipelines.demo.side_charges import CENT, TAX_SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from pathlib import Path

    import duckdb

    from benchmarks.span import Hour

FEED = "gpu_billing"
MILLISECONDS_PER_HOUR = 3_600_000
# A pool has room for a third more work than it gets; in some hours it gets more than it can do.
HEADROOM, SHORT_HEADROOM, SHORT_EVERY = 1.35, 0.9, 50
USD_PER_NODE_HOUR = {
    CHAT_POOL: Decimal("1.8610"),
    BATCH_POOL: Decimal("0.8048"),
    TRAINING_POOL: Decimal("1.8610"),
}
TRAINING_NODES = 4
STORAGE_USD_PER_DAY = Decimal("4.17")
# Searches that the gateway never saw: the API bill is higher than the log.
UNLOGGED_USD = Decimal("13.70")


def write_bills(connection: duckdb.DuckDBPyConnection, landing: Path, hours: list[Hour]) -> None:
    """One file per month, from what the logs counted."""
    for month in months_of(hours):
        of_month = [hour for hour in hours if hour.month == month]
        cloud = [*_pools(connection, of_month), *_storage(of_month)]
        billed = sum((charge.billed for charge in cloud), NOTHING)
        tax = _charge(
            CLOUD,
            "Tax",
            "Tax for the month",
            (billed * TAX_SHARE).quantize(CENT),
            *bounds_of(month),
        )
        charges = [*cloud, tax, *_model_api(connection, month)]
        rows = (charge_row(charge, *bounds_of(month)) for charge in charges)
        path = landing / FEED / f"focus-{month:%Y-%m}.csv"
        write_csv(path, COLUMNS, rows, covers=of_month[-1].starts_at.date())


def _pools(connection: duckdb.DuckDBPyConnection, hours: list[Hour]) -> Iterator[Charge]:
    query = "select gpu_pool, number, cast(gpu_ms as bigint) from busy_hours"
    busy = {(pool, number): work for pool, number, work in connection.execute(query).fetchall()}
    for hour in hours:
        for pool in (CHAT_POOL, BATCH_POOL):
            headroom = SHORT_HEADROOM if hour.number % SHORT_EVERY == 0 else HEADROOM
            work = busy.get((pool, hour.number), 0) * headroom
            yield _node_hour(pool, hour.starts_at, 1 + int(work / MILLISECONDS_PER_HOUR))
        yield _node_hour(TRAINING_POOL, hour.starts_at, TRAINING_NODES)


def _node_hour(pool: str, when: datetime, nodes: int) -> Charge:
    purpose = "training" if pool == TRAINING_POOL else "inference"
    return _charge(
        CLOUD,
        "Usage",
        f"One-GPU nodes in pool {pool}",
        nodes * USD_PER_NODE_HOUR[pool],
        when,
        when + timedelta(hours=1),
        ConsumedQuantity=nodes,
        ConsumedUnit="GPU Hours",
        ResourceId=f"node-group/{pool}",
        ResourceType="Auto Scaling group",
        Tags=json.dumps({"gpu_pool": pool, "purpose": purpose}),
    )


def _storage(hours: list[Hour]) -> Iterator[Charge]:
    for when in (hour.starts_at for hour in hours if hour.starts_at.hour == 0):
        yield _charge(
            CLOUD,
            "Usage",
            "Storage of training data",
            STORAGE_USD_PER_DAY,
            when,
            when + timedelta(days=1),
            Tags=json.dumps({"purpose": "storage"}),
        )


def _model_api(connection: duckdb.DuckDBPyConnection, month: date) -> Iterator[Charge]:
    """What the log says one provider cost, rounded per model, and a little besides."""
    query = (
        "select model, cast(sum(nano_usd) as bigint) from api_bills where month = ? group by model"
        " order by model"
    )
    for model, nano_usd in connection.execute(query, [month]).fetchall():
        cost = Decimal(nano_usd).scaleb(-9).quantize(CENT)
        yield _charge(ANTHROPIC, "Usage", f"Tokens of {model}", cost, *bounds_of(month))
    yield _charge(ANTHROPIC, "Usage", "Web searches", UNLOGGED_USD, *bounds_of(month))


def _charge(
    vendor: Vendor,
    category: str,
    description: str,
    cost: Decimal,
    starts_at: datetime,
    ends_at: datetime,
    **columns: object,
) -> Charge:
    return Charge(
        vendor=vendor,
        category=category,
        description=description,
        starts_at=starts_at,
        ends_at=ends_at,
        service=COMPUTE if vendor is CLOUD else SERVICE,
        billed=cost,
        effective=cost,
        listed=cost,
        extra={"ChargeFrequency": "Usage-Based", "PricingCategory": "Standard", **columns},
    )
