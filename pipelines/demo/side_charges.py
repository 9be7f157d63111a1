"""What the cloud provider charges beside GPUs: stored datasets, small services, credits, tax."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.demo.catalogue import DATASETS
from pipelines.demo.charges import Charge
from pipelines.demo.gpu_charges import CLOUD, COMPUTE, NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.demo.plan import Plan

CENT = Decimal("0.01")
USD_PER_GB_DAY = Decimal("0.000767")
FIRST_GB, GB_PER_DAY = 200, 1
CREDIT_MONTHS, CREDIT_SHARE = (3, 9), Decimal("0.05")
TAX_SHARE = Decimal("0.07")
# Services that no rule should claim for AI: name, category, description, USD a month when small.
UNRELATED = (
    ("Amazon Route 53", "Networking", "Hosted zones and queries", Decimal("1.45")),
    ("AmazonCloudWatch", "Management and Governance", "Metrics and alarms", Decimal("3.12")),
    ("Amazon WorkMail", "Business Applications", "User mailboxes", Decimal("4.80")),
)


def storage_charges(plan: Plan, month: int) -> Iterator[Charge]:
    """One line per dataset and day: what its records take, tagged with the dataset."""
    for day in plan.period.days_of(month):
        starts_at = plan.period.first_moment + timedelta(days=day)
        for number, dataset in enumerate(DATASETS, start=1):
            stored_gb = (FIRST_GB + GB_PER_DAY * day) * number * plan.scale.relative_size
            cost = stored_gb * USD_PER_GB_DAY
            yield Charge(
                vendor=CLOUD,
                category="Usage",
                description=f"Storage of dataset {dataset}",
                starts_at=starts_at,
                ends_at=starts_at + timedelta(days=1),
                service="Amazon Simple Storage Service",
                billed=cost,
                effective=cost,
                listed=cost,
                extra=_storage_columns(dataset, stored_gb),
            )


def unrelated_charges(plan: Plan, month: int) -> Iterator[Charge]:
    """Untagged services that have nothing to do with AI: they end as unmatched cost."""
    for service, category, description, amount in UNRELATED:
        cost = amount * plan.scale.relative_size
        yield _of_month(plan, month, "Usage", description, cost, service, category)


def adjustments(plan: Plan, month: int, charges: Iterable[Charge]) -> Iterator[Charge]:
    """Tax on the month's charges, and in two months a promotional credit; both untagged."""
    billed = sum((charge.billed for charge in charges), NOTHING)
    tax = (billed * TAX_SHARE).quantize(CENT)
    yield _of_month(plan, month, "Tax", "Tax for the month", tax, COMPUTE, "Compute")
    if month in CREDIT_MONTHS:
        credit = -(billed * CREDIT_SHARE).quantize(CENT)
        yield _of_month(plan, month, "Credit", "Promotional credits", credit, COMPUTE, "Compute")


def _of_month(
    plan: Plan,
    month: int,
    category: str,
    description: str,
    cost: Decimal,
    service: str,
    service_category: str,
) -> Charge:
    days = plan.period.days_of(month)
    return Charge(
        vendor=CLOUD,
        category=category,
        description=description,
        starts_at=plan.period.first_moment + timedelta(days=days.start),
        ends_at=plan.period.first_moment + timedelta(days=days.stop),
        service=service,
        billed=cost,
        effective=cost,
        listed=cost,
        extra={
            "ChargeFrequency": "Recurring" if category == "Usage" else "One-Time",
            "PricingCategory": "Standard" if category == "Usage" else "Other",
            "ServiceCategory": service_category,
        },
    )


def _storage_columns(dataset: str, stored_gb: int) -> dict[str, object]:
    return {
        "ChargeFrequency": "Usage-Based",
        "ConsumedQuantity": stored_gb,
        "ConsumedUnit": "GB-Days",
        "ContractedUnitPrice": USD_PER_GB_DAY,
        "ListUnitPrice": USD_PER_GB_DAY,
        "PricingCategory": "Standard",
        "PricingQuantity": stored_gb,
        "PricingUnit": "GB-Days",
        "ResourceId": f"arn:aws:s3:::demo-{dataset}",
        "ResourceName": f"demo-{dataset}",
        "ResourceType": "Bucket",
        "ServiceCategory": "Storage",
        "ServiceSubcategory": "Object Storage",
        "SkuId": "standard-storage",
        "Tags": json.dumps({"purpose": "storage", "dataset_id": dataset}),
    }
