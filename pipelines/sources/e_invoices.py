"""Reading e-invoices: UBL invoices and credit notes, and CII, by the rules of EN 16931."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources import cii, ubl
from pipelines.sources.en16931.document import read_document
from pipelines.sources.en16931.model import InvoiceDocument, InvoiceLine, Problem
from pipelines.sources.safe_xml import parse_safely, read_start

if TYPE_CHECKING:
    from pipelines.sources.en16931.model import InvoiceFormat

__all__ = ["InvoiceDocument", "InvoiceLine", "Problem", "is_e_invoice", "read_invoice"]

_SYNTAXES = (ubl.INVOICE, ubl.CREDIT_NOTE, cii.CROSS_INDUSTRY_INVOICE)
_SYNTAX_BY_ROOT = {syntax.root: syntax for syntax in _SYNTAXES}
_FORMAT_BY_LOCAL_NAME = {syntax.root.rpartition("}")[2]: syntax.format for syntax in _SYNTAXES}


def is_e_invoice(head: bytes) -> InvoiceFormat | None:
    """Format of the e-invoice that begins with these bytes; None if it is something else.

    Told by the root element's namespace and local name; byte order mark, XML declaration, comments
    and processing instructions may precede it. Where a DOCTYPE precedes the root, the name it
    gives decides, so that `read_invoice` gets the document and refuses it with the reason.
    """
    start = read_start(head)
    if start.doctype_name is not None:
        return _FORMAT_BY_LOCAL_NAME.get(start.doctype_name.rpartition(":")[2])
    syntax = _SYNTAX_BY_ROOT.get(start.root_tag or "")
    return syntax.format if syntax else None


def read_invoice(content: bytes) -> InvoiceDocument:
    """One e-invoice: its lines in canonical columns, its net, and what is wrong with it.

    Lines carry the net amount as printed (negative on credit notes); allowances and charges on the
    whole document are lines too, so that all lines add up to the document's net without tax,
    within one minor unit of the currency a line. Null: what the document does not give.

    Errors: none is raised. A document with `problems` must be set aside whole, whatever its lines.
    Source: EN 16931-1, CEN/TS 16931-3-2 (UBL), CEN/TS 16931-3-3 (CII), UNTDID 1001, ISO 4217.
    """
    root = parse_safely(content)
    if isinstance(root, Problem):
        return InvoiceDocument(format=is_e_invoice(content), problems=(root,))
    syntax = _SYNTAX_BY_ROOT.get(str(root.tag))
    if syntax is None:
        return InvoiceDocument(format=None, problems=(_not_an_e_invoice(str(root.tag)),))
    return read_document(root, syntax)


def _not_an_e_invoice(root_tag: str) -> Problem:
    return Problem(
        "not_an_e_invoice",
        "root element",
        f"{root_tag} is neither a UBL 2 Invoice or CreditNote nor a CII CrossIndustryInvoice",
        "deliver the invoice as UBL 2.1 or CII D16B, or as the canonical CSV",
    )
