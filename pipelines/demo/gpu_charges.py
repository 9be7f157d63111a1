"""What the cloud provider charges for GPUs: pools by the hour, and a commitment."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.demo.catalogue import BATCH_POOL, CHAT_POOL, INFERENCE_POOLS, TRAINING_POOL
from pipelines.demo.charges import Charge, Vendor
from pipelines.demo.period import HOURS_PER_DAY, MONTHS_PER_YEAR, add_months

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.demo.plan import Plan
    from pipelines.demo.scales import Instance, Scale

CLOUD = Vendor(
    provider="AWS",
    issuer="Amazon Web Services, Inc.",
    account_id="900000000001",
    invoice_prefix="AWS-DEMO",
    region_id="us-east-1",
    region_name="US East (N. Virginia)",
)
COMPUTE = "Amazon Elastic Compute Cloud"
COMMITMENT_PRICE = Decimal("0.65")
NOTHING = Decimal(0)
_COMMITMENT_COLUMNS = {
    "CommitmentDiscountCategory": "Usage",
    "CommitmentDiscountId": "arn:aws:ec2:us-east-1:900000000001:reserved-instances/demo-chat",
    "CommitmentDiscountName": CHAT_POOL,
    "CommitmentDiscountType": "Reserved Instance",
}


def gpu_charges(plan: Plan, month: int) -> Iterator[Charge]:
    """One line per pool and running hour, two where the commitment covers a part; its purchase.

    A node has one GPU, so the consumed hours are GPU hours.
    """
    days = plan.period.days_of(month)
    hours = range(days.start * HOURS_PER_DAY, days.stop * HOURS_PER_DAY)
    for pool in (*INFERENCE_POOLS, TRAINING_POOL):
        committed = plan.scale.committed_nodes if pool == CHAT_POOL else 0
        for hour in hours:
            on_demand = int(plan.nodes[pool][hour]) - committed
            when = plan.period.first_moment + timedelta(hours=hour)
            if committed:
                yield _covered_hour(plan.scale, when)
            if on_demand:
                yield _on_demand_hour(_instance_of(plan.scale, pool), pool, when, on_demand)
    if month % MONTHS_PER_YEAR == 0:
        yield _commitment(plan, month)


def _instance_of(scale: Scale, pool: str) -> Instance:
    return {
        CHAT_POOL: scale.chat_instance,
        BATCH_POOL: scale.batch_instance,
        TRAINING_POOL: scale.training_instance,
    }[pool]


def _on_demand_hour(instance: Instance, pool: str, when: datetime, nodes: int) -> Charge:
    """Nodes paid by the hour, at the list price."""
    listed = nodes * instance.list_usd_per_hour
    return Charge(
        vendor=CLOUD,
        category="Usage",
        description=f"{instance.name} in pool {pool}, one GPU each",
        starts_at=when,
        ends_at=when + timedelta(hours=1),
        service=COMPUTE,
        billed=listed,
        effective=listed,
        listed=listed,
        extra=_node_columns(instance, pool, nodes) | {"PricingCategory": "Standard"},
    )


def _covered_hour(scale: Scale, when: datetime) -> Charge:
    """Nodes paid through the commitment: nothing is billed, the amortised rate is effective."""
    instance, nodes = scale.chat_instance, scale.committed_nodes
    listed = nodes * instance.list_usd_per_hour
    return Charge(
        vendor=CLOUD,
        category="Usage",
        description=f"{instance.name} in pool {CHAT_POOL}, covered by a commitment",
        starts_at=when,
        ends_at=when + timedelta(hours=1),
        service=COMPUTE,
        billed=NOTHING,
        effective=listed * COMMITMENT_PRICE,
        listed=listed,
        extra=_node_columns(instance, CHAT_POOL, nodes)
        | _COMMITMENT_COLUMNS
        | {"CommitmentDiscountStatus": "Used", "PricingCategory": "Committed"},
    )


def _commitment(plan: Plan, month: int) -> Charge:
    """A year of nodes, paid upfront: all billed in the first hour, none of it effective."""
    starts_at = plan.period.first_moment + timedelta(days=plan.period.days_of(month).start)
    year = add_months(starts_at.date(), MONTHS_PER_YEAR) - starts_at.date()
    nodes, instance = plan.scale.committed_nodes, plan.scale.chat_instance
    paid = nodes * instance.list_usd_per_hour * COMMITMENT_PRICE * year.days * HOURS_PER_DAY
    return Charge(
        vendor=CLOUD,
        category="Purchase",
        description=f"One year of {nodes} {instance.name} for pool {CHAT_POOL}, paid upfront",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        service=COMPUTE,
        billed=paid,
        effective=NOTHING,
        listed=paid,
        extra=_COMMITMENT_COLUMNS
        | {"ChargeFrequency": "One-Time", "ServiceCategory": "Compute", "Tags": _tags(CHAT_POOL)},
    )


def _node_columns(instance: Instance, pool: str, nodes: int) -> dict[str, object]:
    return {
        "ChargeFrequency": "Usage-Based",
        "ConsumedQuantity": nodes,
        "ConsumedUnit": "Hours",
        "ContractedUnitPrice": instance.list_usd_per_hour,
        "ListUnitPrice": instance.list_usd_per_hour,
        "PricingQuantity": nodes,
        "PricingUnit": "Hours",
        "ResourceId": f"arn:aws:autoscaling:us-east-1:900000000001:group/{pool}",
        "ResourceName": pool,
        "ResourceType": "Auto Scaling group",
        "ServiceCategory": "Compute",
        "ServiceSubcategory": "Virtual Machines",
        "SkuId": instance.name,
        "Tags": _tags(pool),
    }


def _tags(pool: str) -> str:
    purpose = "training" if pool == TRAINING_POOL else "inference"
    return json.dumps({"gpu_pool": pool, "purpose": purpose})
