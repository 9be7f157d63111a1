"""What one model API's provider charges: tokens by model and kind, and a little besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.demo.catalogue import ANTHROPIC_MODELS, TOKEN_KINDS, nano_usd_per_token
from pipelines.demo.charges import Charge, Vendor
from pipelines.demo.side_charges import CENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.demo.catalogue import Model
    from pipelines.demo.plan import Plan
    from pipelines.demo.tally import Tally

ANTHROPIC = Vendor(
    provider="Anthropic",
    issuer="Anthropic, PBC",
    account_id="demo-organisation",
    invoice_prefix="ANTHROPIC-DEMO",
)
SERVICE = "Claude API"
USD_PER_NANO = Decimal("0.000000001")
MILLION = 1_000_000
METERS = {
    "input": "Input Tokens",
    "cache_read": "Cache Read Input Tokens",
    "cache_write": "Cache Write Input Tokens",
    "output": "Output Tokens",
}
# Searches the models made on their own: billed, and unknown to the gateway. USD a month when small.
UNLOGGED_USD = Decimal("1.37")


@dataclass(frozen=True, slots=True)
class Meter:
    """Tokens of one model and kind in one month, and what they cost exactly."""

    model: Model
    kind: str
    tokens: int
    nano_usd_per_token: int

    @property
    def usd(self) -> Decimal:
        """Tokens times price, unrounded."""
        return self.tokens * self.nano_usd_per_token * USD_PER_NANO


def logged_usd(tally: Tally, month: int) -> Decimal:
    """The sum of the costs that the month's logs report for this provider, exact."""
    return sum((meter.usd for meter in _meters(tally, month)), Decimal(0))


def api_charges(plan: Plan, tally: Tally, month: int) -> Iterator[Charge]:
    """One line per model and token kind, rounded to the cent, and the searches."""
    for meter in _meters(tally, month):
        description = f"{METERS[meter.kind]}, {meter.model.name}"
        yield _line(plan, month, description, meter.usd.quantize(CENT), _columns(meter))
    searches = UNLOGGED_USD * plan.scale.relative_size
    yield _line(plan, month, "Web searches", searches, {"SkuMeter": "Web Search Requests"})


def _meters(tally: Tally, month: int) -> Iterator[Meter]:
    for model, tokens_by_kind in zip(
        ANTHROPIC_MODELS, tally.anthropic_tokens[month].tolist(), strict=True
    ):
        prices = nano_usd_per_token(model, month)
        for kind, tokens, price in zip(TOKEN_KINDS, tokens_by_kind, prices, strict=True):
            yield Meter(model, kind, tokens, price)


def _line(
    plan: Plan, month: int, description: str, cost: Decimal, columns: dict[str, object]
) -> Charge:
    days = plan.period.days_of(month)
    common: dict[str, object] = {
        "ChargeFrequency": "Usage-Based",
        "PricingCategory": "Standard",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceSubcategory": "Generative AI",
    }
    return Charge(
        vendor=ANTHROPIC,
        category="Usage",
        description=description,
        starts_at=plan.period.first_moment + timedelta(days=days.start),
        ends_at=plan.period.first_moment + timedelta(days=days.stop),
        service=SERVICE,
        billed=cost,
        effective=cost,
        listed=cost,
        extra=common | columns,
    )


def _columns(meter: Meter) -> dict[str, object]:
    usd_per_million = meter.nano_usd_per_token * USD_PER_NANO * MILLION
    sku = f"{meter.model.name}-{meter.kind}"
    return {
        "ConsumedQuantity": meter.tokens,
        "ConsumedUnit": "Tokens",
        "ContractedUnitPrice": usd_per_million,
        "ListUnitPrice": usd_per_million,
        "PricingQuantity": Decimal(meter.tokens).scaleb(-6),
        "PricingUnit": "1000000 Tokens",
        "SkuId": sku,
        "SkuMeter": METERS[meter.kind],
        "SkuPriceId": f"{sku}-on-demand",
    }
