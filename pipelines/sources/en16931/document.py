"""One e-invoice as a whole: its header, its lines, and whether they add up to its net."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.sources.en16931.adjustments import read_adjustments
from pipelines.sources.en16931.elements import ElementReader
from pipelines.sources.en16931.header import read_header
from pipelines.sources.en16931.lines import read_lines
from pipelines.sources.en16931.model import InvoiceDocument
from pipelines.sources.en16931.values import EXACT, exact_sum, minor_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.etree import _Element as Element

    from pipelines.sources.en16931.header import Header
    from pipelines.sources.en16931.model import InvoiceLine, Syntax


def read_document(root: Element, syntax: Syntax) -> InvoiceDocument:
    """Document below the root; where the header misses something there are no lines."""
    reader = ElementReader(syntax.namespaces)
    header = read_header(root, syntax, reader)
    is_header_sound = not reader.problems
    lines = read_lines(root, syntax.lines, header, reader)
    adjustments = read_adjustments(root, syntax, header, reader)
    lines_net = reader.money(root, syntax.lines_net, header.currency, required=True)
    net = reader.money(root, syntax.net, header.currency, required=True)
    if lines_net is not None and net is not None and not reader.problems:
        _check_lines(lines, syntax.lines.line, reader)
        _check_sign(net, header, syntax.net, reader)
        _check_sum(lines, lines_net, header, syntax.lines_net, reader)
        _check_sum([*lines, *adjustments], net, header, syntax.net, reader)
    return InvoiceDocument(
        format=syntax.format,
        lines=tuple(_numbered_apart([*lines, *adjustments])) if is_header_sound else (),
        header_net=None if net is None else header.signed(net),
        problems=tuple(reader.problems),
    )


def _numbered_apart(lines: Iterable[InvoiceLine]) -> Iterator[InvoiceLine]:
    # Issuers do repeat line numbers; as one key, the repeated line would be lost as a duplicate.
    counts: Counter[str] = Counter()
    for line in lines:
        counts[line.line_number] += 1
        count = counts[line.line_number]
        yield line if count == 1 else replace(line, line_number=f"{line.line_number}#{count}")


def _check_lines(lines: Sequence[InvoiceLine], path: str, reader: ElementReader) -> None:
    if not lines:
        reader.report(
            "invoice_has_no_lines",
            path,
            "the document gives totals only",
            "ask the issuer for the lines: in Factur-X and ZUGFeRD the profile BASIC or above",
        )


def _check_sign(net: Decimal, header: Header, path: str, reader: ElementReader) -> None:
    if header.document_type == "credit_note" and net < 0:
        reader.report(
            "credit_note_is_negative",
            path,
            f"a credit note of {net:f} {header.currency} would add to the cost: a credit note"
            " prints positive amounts",
            "ask the issuer whether it credits or charges, and for a document that says so",
        )


def _check_sum(
    lines: Sequence[InvoiceLine],
    printed: Decimal,
    header: Header,
    path: str,
    reader: ElementReader,
) -> None:
    total = exact_sum(Decimal(line.line_amount) for line in lines)
    expected = header.signed(printed)
    tolerance = minor_unit(header.currency) * len(lines)
    if EXACT.abs(EXACT.subtract(total, expected)) > tolerance:
        reader.report(
            "invoice_lines_do_not_sum_to_header",
            path,
            f"the {len(lines)} lines sum to {total:f} {header.currency}, the header says"
            f" {expected:f}; {tolerance:f} of rounding is allowed",
            "ask the issuer for a corrected invoice: a line, an allowance or a total is wrong",
        )
