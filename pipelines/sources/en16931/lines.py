"""The lines of an e-invoice: what was bought.

The net amount of a line is taken as printed, never as quantity times price.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.sources.en16931.header import read_period, read_references
from pipelines.sources.en16931.values import EXACT, fits, rounded, written

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from pipelines.sources.en16931.elements import ElementReader
    from pipelines.sources.en16931.header import Header
    from pipelines.sources.en16931.model import InvoiceLine, LinePaths

# A GROUP line repeats the sum of its details and an INFORMATION line only tells (CII extended).
_STATUSES_WITHOUT_AMOUNT = frozenset({"GROUP", "INFORMATION"})


def read_lines(
    root: Element, paths: LinePaths, header: Header, reader: ElementReader
) -> list[InvoiceLine]:
    """Lines of goods and services; a line without number or amount is a problem and left out."""
    elements = reader.children(root, paths.line)
    lines = (_read_line(element, paths, header, reader) for element in elements)
    return [line for line in lines if line is not None]


def _read_line(
    element: Element, paths: LinePaths, header: Header, reader: ElementReader
) -> InvoiceLine | None:
    if paths.status and reader.text(element, paths.status) in _STATUSES_WITHOUT_AMOUNT:
        return None
    number = reader.required_text(element, paths.number)
    amount = reader.money(element, paths.amount, header.currency, required=True)
    if not number or amount is None:
        return None
    quantity = reader.number(element, paths.quantity)
    tax = reader.total(element, paths.tax_amount, header.currency)
    period = read_period(element, paths.period, reader)
    start, end = period if any(period) else header.period
    return replace(
        header.line(number, amount),
        period_start=start,
        period_end=end,
        description=_description(element, paths, reader),
        quantity=None if quantity is None else written(header.signed(quantity)),
        unit_price=_unit_price(element, paths, header.currency, reader),
        tax_amount=None if tax is None else written(header.signed(tax)),
        dataset_id=_property(element, "dataset_id", paths, reader),
        batch_id=_property(element, "batch_id", paths, reader),
        references_invoice=read_references(element, paths.reference, reader)
        or header.references_invoice,
    )


def _unit_price(
    element: Element, paths: LinePaths, currency: str, reader: ElementReader
) -> str | None:
    price = reader.number(element, paths.price, currency)
    units = reader.number(element, paths.price_base_quantity)
    if price is None or units is None:
        return None if price is None else written(price)
    unit_price = EXACT.divide(price, rounded(units)) if rounded(units) else None
    if unit_price is not None and fits(unit_price):
        return written(unit_price)
    reader.report(
        "invoice_price_for_nothing",
        f"{paths.price_base_quantity}, line {element.sourceline}",
        f"a price of {price:.12g} for {units:.12g} units gives no price of one unit",
        "ask the issuer for the number of units the price is for",
    )
    return None


def _description(element: Element, paths: LinePaths, reader: ElementReader) -> str | None:
    name, more = reader.text(element, paths.name), reader.text(element, paths.description)
    return f"{name}: {more}" if name and more and name != more else name or more


def _property(element: Element, name: str, paths: LinePaths, reader: ElementReader) -> str | None:
    for item_property in reader.children(element, paths.item_property):
        if reader.text(item_property, paths.property_name) == name:
            return reader.text(item_property, paths.property_value)
    return None
