"""What all lines of an e-invoice share: issuer, number, kind, day, currency, period."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.sources.en16931.kind import read_document_type
from pipelines.sources.en16931.model import InvoiceLine
from pipelines.sources.en16931.values import written

if TYPE_CHECKING:
    from decimal import Decimal

    from lxml.etree import _Element as Element

    from pipelines.sources.en16931.elements import ElementReader
    from pipelines.sources.en16931.model import DocumentType, PeriodPaths, Syntax

Period = tuple[str | None, str | None]

_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header of one document; an empty text stands for what is missing."""

    issuer: str
    invoice_number: str
    document_type: DocumentType
    issue_date: str
    currency: str
    period: Period
    references_invoice: str | None

    def signed(self, value: Decimal) -> Decimal:
        """Value as it counts towards the cost: turned round on a credit note."""
        is_reversed = self.document_type == "credit_note" and not value.is_zero()
        return value.copy_negate() if is_reversed else value

    def line(self, line_number: str, amount: Decimal) -> InvoiceLine:
        """Line of this document with nothing of its own but its number and printed amount."""
        return InvoiceLine(
            issuer=self.issuer,
            invoice_number=self.invoice_number,
            line_number=line_number,
            document_type=self.document_type,
            issue_date=self.issue_date,
            line_amount=written(self.signed(amount)),
            currency=self.currency,
            period_start=self.period[0],
            period_end=self.period[1],
            references_invoice=self.references_invoice,
        )


def read_header(root: Element, syntax: Syntax, reader: ElementReader) -> Header:
    """Header of the document below the root; what is missing or unreadable is a problem."""
    return Header(
        issuer=reader.required_text(root, *syntax.issuers),
        invoice_number=reader.required_text(root, syntax.invoice_number),
        document_type=read_document_type(root, syntax, reader),
        issue_date=reader.day(root, syntax.issue_date, required=True) or "",
        currency=_read_currency(root, syntax, reader),
        period=read_period(root, syntax.period, reader),
        references_invoice=read_references(root, syntax.reference, reader),
    )


def read_period(parent: Element, paths: PeriodPaths, reader: ElementReader) -> Period:
    """First and last day of the billing period below the parent, each None where not given."""
    return reader.day(parent, paths.start), reader.day(parent, paths.end)


def read_references(parent: Element, path: str, reader: ElementReader) -> str | None:
    """Numbers of the invoices referred to, joined by a comma; None where there are none."""
    return ", ".join(reader.texts(parent, path)) or None


def _read_currency(root: Element, syntax: Syntax, reader: ElementReader) -> str:
    currency = reader.required_text(root, syntax.currency)
    if currency and not _CURRENCY.fullmatch(currency):
        reader.report(
            "invoice_currency_unreadable",
            syntax.currency,
            f"{currency[:40]!r} is not a currency code",
            "ask the issuer for the three capital letters of ISO 4217",
        )
    return currency
