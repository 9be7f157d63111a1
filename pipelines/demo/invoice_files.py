"""The labelling vendors' invoices: what was labelled each month, one XML file per document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.demo.catalogue import DATASETS
from pipelines.demo.files import delivery
from pipelines.demo.invoices import CENT, Invoice, Issuer, Line
from pipelines.demo.period import last_of_month
from pipelines.demo.ubl_writer import ubl_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from pipelines.demo.plan import Plan

FEED = "labeling_invoices"
STREAM = 20
LABELWERK = Issuer("Labelwerk GmbH (synthetic)", "DE", "EUR", Decimal("0.19"), "LW")
ANNOTATE = Issuer("Annotate Works Inc. (synthetic)", "US", "USD", Decimal(0), "AW")
CONVERSATIONS, CONTRACTS, CLICKS = DATASETS
UNIT_PRICES = {
    CONVERSATIONS: Decimal("0.060"),
    CONTRACTS: Decimal("0.245"),
    CLICKS: Decimal("0.031"),
}
# Labelled items per line when the company is small.
FEWEST_ITEMS, MOST_ITEMS = 250, 900
# Annotate Works invoices every second month.
MONTHS_BETWEEN = 2
# A share of one batch of Labelwerk was rejected, and is credited a month later.
CREDITED_MONTH, REJECTED_SHARE = 4, Decimal("0.4")
# On one line the net amount is less than quantity times price.
DISCOUNTED_MONTH, DISCOUNT_SHARE = 7, Decimal("0.1")


@dataclass(frozen=True, slots=True)
class InvoiceTotal:
    """What one document comes to without tax; negative for a credit note."""

    file: str
    issuer: str
    number: str
    currency: str
    net: Decimal


def write_invoices(landing: Path, plan: Plan) -> tuple[InvoiceTotal, ...]:
    """All documents, in the order of their dates."""
    totals = []
    for invoice in labelling_invoices(plan):
        file = f"{FEED}/{invoice.number}.xml"
        with delivery(landing / file, covers=invoice.issued_on) as partial:
            partial.write_bytes(ubl_bytes(invoice))
        net = invoice.net if invoice.references is None else -invoice.net
        issuer = invoice.issuer
        totals.append(InvoiceTotal(file, issuer.name, invoice.number, issuer.currency, net))
    return tuple(totals)


def labelling_invoices(plan: Plan) -> Iterator[Invoice]:
    """All documents as their vendors think of them, in the order of their dates."""
    credited: Invoice | None = None
    for month in range(len(plan.period.months)):
        invoice = _invoice(plan, month, LABELWERK, (CONVERSATIONS, CONTRACTS))
        if month == DISCOUNTED_MONTH:
            invoice = _discounted(invoice)
        yield invoice
        if month % MONTHS_BETWEEN == 0:
            yield _invoice(plan, month, ANNOTATE, (CONVERSATIONS, CLICKS))
        if credited is not None:
            yield _credit_note(credited, invoice)
        credited = invoice if month == CREDITED_MONTH else None


def _invoice(plan: Plan, month: int, issuer: Issuer, datasets: tuple[str, ...]) -> Invoice:
    """One batch per dataset, issued on the last day of the month it was labelled in."""
    first = plan.period.months[month]
    rng = plan.rng(STREAM + issuer.currency.startswith("E"), month)
    items = rng.integers(FEWEST_ITEMS, MOST_ITEMS, len(datasets)) * plan.scale.relative_size
    return Invoice(
        number=f"{issuer.prefix}-DEMO-{first:%Y-%m}",
        issuer=issuer,
        issued_on=last_of_month(first),
        period_start=first,
        period_end=last_of_month(first),
        lines=tuple(
            Line(dataset, batch_name(issuer, dataset, first), count, UNIT_PRICES[dataset])
            for dataset, count in zip(datasets, items.tolist(), strict=True)
        ),
    )


def batch_name(issuer: Issuer, dataset: str, first: date) -> str:
    """The batch of a dataset that an issuer labelled in the month beginning `first`."""
    return f"{issuer.prefix}-{dataset}-{first:%Y-%m}"


def _discounted(invoice: Invoice) -> Invoice:
    first, *others = invoice.lines
    discount = (first.net * DISCOUNT_SHARE).quantize(CENT)
    return replace(invoice, lines=(replace(first, discount=discount), *others))


def _credit_note(credited: Invoice, current: Invoice) -> Invoice:
    """The rejected part of the credited invoice's first batch, dated like the current invoice."""
    first = credited.lines[0]
    rejected = replace(first, quantity=int(first.quantity * REJECTED_SHARE))
    return replace(
        credited,
        number=credited.number.replace("LW-", "LW-CN-"),
        issued_on=current.issued_on,
        lines=(rejected,),
        references=credited.number,
    )
