"""Allowances and charges on the whole document, as lines of their own.

Only with them do the lines add up to the document's net.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from pipelines.sources.en16931.elements import ElementReader
    from pipelines.sources.en16931.header import Header
    from pipelines.sources.en16931.model import AdjustmentPaths, InvoiceLine, Syntax

_INDICATORS = {"true": True, "1": True, "false": False, "0": False}


def read_adjustments(
    root: Element, syntax: Syntax, header: Header, reader: ElementReader
) -> list[InvoiceLine]:
    """Charges, and allowances as negative amounts, numbered charge-1, charge-2, allowance-1."""
    found = (
        _read_adjustment(element, paths, header, reader)
        for paths in syntax.adjustments
        for element in reader.children(root, paths.adjustment)
    )
    counts: Counter[str] = Counter()
    lines = []
    for line in filter(None, found):
        kind = line.line_number
        counts[kind] += 1
        lines.append(replace(line, line_number=f"{kind}-{counts[kind]}"))
    return lines


def _read_adjustment(
    element: Element, paths: AdjustmentPaths, header: Header, reader: ElementReader
) -> InvoiceLine | None:
    is_charge = _is_charge(element, paths, reader)
    amount = reader.money(element, paths.amount, header.currency, required=True)
    if is_charge is None or amount is None:
        return None
    kind = "charge" if is_charge else "allowance"
    line = header.line(kind, amount if is_charge else amount.copy_negate())
    return replace(line, description=reader.text(element, *paths.reasons) or kind)


def _is_charge(element: Element, paths: AdjustmentPaths, reader: ElementReader) -> bool | None:
    if paths.indicator is None:
        return True
    indicator = reader.required_text(element, paths.indicator)
    if indicator and indicator not in _INDICATORS:
        reader.report(
            "invoice_charge_indicator_unreadable",
            f"{paths.indicator}, line {element.sourceline}",
            f"{indicator[:40]!r} tells neither a charge nor an allowance",
            "ask the issuer to write true for a charge and false for an allowance",
        )
    return _INDICATORS.get(indicator)
