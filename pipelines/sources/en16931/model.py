"""The EN 16931 invoice: what a reader gives, and what a syntax must say to be read.

EN 16931 defines one invoice and two ways to write it in XML: UBL and CII. `ubl.py` and `cii.py`
say where each keeps its elements; everything else is the same for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from decimal import Decimal

InvoiceFormat = Literal["ubl", "cii"]
DocumentType = Literal["invoice", "credit_note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a document cannot be trusted: rule broken, where, what, and the remedy."""

    rule: str
    where: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line of an invoice as text, in the canonical columns of the feed `labeling_invoices`.

    `line_amount` is net of tax; on a credit note `quantity`, `line_amount` and `tax_amount` are
    turned round, so that what reduces the cost is negative. `unit_price` is for one unit, rounded
    at the twelfth decimal and never part of the cost. None where the document says nothing.
    """

    issuer: str
    invoice_number: str
    line_number: str
    document_type: DocumentType
    issue_date: str
    line_amount: str
    currency: str
    period_start: str | None = None
    period_end: str | None = None
    description: str | None = None
    quantity: str | None = None
    unit_price: str | None = None
    tax_amount: str | None = None
    dataset_id: str | None = None
    batch_id: str | None = None
    references_invoice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """One e-invoice as read. It may be loaded only if `problems` is empty.

    `header_net` is the document's total without tax, negative for a credit note; None, like
    `format`, where it could not be read.
    """

    format: InvoiceFormat | None
    lines: tuple[InvoiceLine, ...] = ()
    header_net: Decimal | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPaths:
    """Where the first and last day of a billing period stand."""

    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentPaths:
    """Where allowances and charges on the whole document stand; without indicator all charge."""

    adjustment: str
    indicator: str | None
    amount: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePaths:
    """Where the lines of a document stand, and their values below each line."""

    line: str
    number: str
    status: str | None
    amount: str
    tax_amount: str
    quantity: str
    price: str
    price_base_quantity: str
    name: str
    description: str
    period: PeriodPaths
    reference: str
    item_property: str
    property_name: str
    property_value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """How one kind of root element spells an EN 16931 invoice: paths below that root.

    `root_type` is what the root element itself says the document is; None where only the type
    code tells.
    """

    format: InvoiceFormat
    root: str
    root_type: DocumentType | None
    namespaces: dict[str, str]
    type_code: str
    invoice_number: str
    issue_date: str
    currency: str
    issuers: tuple[str, ...]
    reference: str
    period: PeriodPaths
    lines_net: str
    net: str
    adjustments: tuple[AdjustmentPaths, ...]
    lines: LinePaths
