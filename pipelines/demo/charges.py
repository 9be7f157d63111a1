"""One charge line of a FOCUS bill: its columns, and how a line is spelled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

COLUMNS = (
    "AvailabilityZone",
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountName",
    "CommitmentDiscountStatus",
    "CommitmentDiscountType",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "InvoiceId",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "Tags",
)
MISSING = "NULL"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Who sends the bill: the columns that are the same on all its lines."""

    provider: str
    issuer: str
    account_id: str
    invoice_prefix: str
    region_id: str | None = None
    region_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One line of a bill; costs in US dollars, exact. `extra` holds further FOCUS columns."""

    vendor: Vendor
    category: str
    description: str
    starts_at: datetime
    ends_at: datetime
    service: str
    billed: Decimal
    effective: Decimal
    listed: Decimal
    extra: Mapping[str, object]


def charge_row(charge: Charge, month_start: datetime, month_end: datetime) -> list[str]:
    """The line in the order of COLUMNS, dates in ISO 8601, what is missing as the text NULL."""
    vendor = charge.vendor
    values: dict[str, object] = {
        "BilledCost": charge.billed,
        "BillingAccountId": vendor.account_id,
        "BillingAccountName": "Demo Company (synthetic)",
        "BillingCurrency": "USD",
        "BillingPeriodStart": month_start.strftime(TIME_FORMAT),
        "BillingPeriodEnd": month_end.strftime(TIME_FORMAT),
        "ChargeCategory": charge.category,
        "ChargeDescription": charge.description,
        "ChargePeriodStart": charge.starts_at.strftime(TIME_FORMAT),
        "ChargePeriodEnd": charge.ends_at.strftime(TIME_FORMAT),
        "ContractedCost": charge.listed,
        "EffectiveCost": charge.effective,
        "InvoiceId": f"{vendor.invoice_prefix}-{month_start:%Y-%m}",
        "InvoiceIssuerName": vendor.issuer,
        "ListCost": charge.listed,
        "ProviderName": vendor.provider,
        "PublisherName": vendor.issuer,
        "RegionId": vendor.region_id,
        "RegionName": vendor.region_name,
        "ServiceName": charge.service,
        **charge.extra,
    }
    return [_text(values.get(column)) for column in COLUMNS]


def _text(value: object) -> str:
    """Digits without an exponent, as older readers expect them."""
    if value is None:
        return MISSING
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
