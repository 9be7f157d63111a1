"""Whether an e-invoice charges or credits, by its root element and its UNTDID 1001 type code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from pipelines.sources.en16931.elements import ElementReader
    from pipelines.sources.en16931.model import DocumentType, Syntax

# The codes EN 16931 admits (rule BR-CL-01).
_CODES_OF_TYPE: dict[DocumentType, str] = {
    "credit_note": "81 83 261 262 296 308 381 396 420 458 502 503 532",
    "invoice": (
        "71 80 82 84 102 130 202 203 204 211 218 219 295 325 326 331 380 382 383 384 385 386 387 "
        "388 389 390 393 394 395 456 457 471 472 473 500 501 527 553 575 623 633 751 780 817 870 "
        "875 876 877 935"
    ),
}
_TYPE_OF_CODE = {code: kind for kind, codes in _CODES_OF_TYPE.items() for code in codes.split()}
# Pro forma asks for nothing; a prepayment comes again in the net of the final invoice.
_CODES_WITHOUT_COST = frozenset({"325", "386", "500", "503"})


def read_document_type(root: Element, syntax: Syntax, reader: ElementReader) -> DocumentType:
    """Kind of the document; a code that is unknown, or no cost, is a problem of the document."""
    code = reader.text(root, syntax.type_code)
    if code is None and syntax.root_type is None:
        reader.report_missing(root, syntax.type_code)
    if code in _CODES_WITHOUT_COST:
        _report_no_cost(code, syntax, reader)
    root_type = syntax.root_type or "invoice"
    code_type = _TYPE_OF_CODE.get(code) if code else root_type
    if code_type is None or (root_type, code_type) == ("credit_note", "invoice"):
        _report_unknown(code, syntax, reader)
    return code_type or root_type


def _report_no_cost(code: str | None, syntax: Syntax, reader: ElementReader) -> None:
    reader.report(
        "invoice_is_no_final_cost",
        syntax.type_code,
        f"type code {code} is a pro forma or prepayment document: the final invoice repeats it",
        "wait for the final invoice; if it takes the prepayment off, deliver this one as CSV",
    )


def _report_unknown(code: str | None, syntax: Syntax, reader: ElementReader) -> None:
    root_name = syntax.root.rpartition("}")[2]
    reader.report(
        "invoice_type_code_unknown",
        syntax.type_code,
        f"{str(code)[:40]!r} is no type code that a {root_name} may have: it may charge or credit",
        "ask the issuer for a type code of UNTDID 1001, such as 380 (invoice) or 381 (credit note)",
    )
