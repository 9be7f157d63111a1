"""Reading single values out of an invoice's XML; what is unreadable is noted, never raised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.sources.en16931.model import Problem
from pipelines.sources.en16931.values import (
    LONGEST_NUMBER,
    exact_sum,
    fits,
    parse_day,
    parse_number,
    rounded,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from lxml.etree import _Element as Element

_COMPACT_DAY_FORMAT = "102"  # UNTDID 2379: CCYYMMDD
_SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class ElementReader:
    """Reads the values of one document and gathers the problems met on the way."""

    namespaces: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    def children(self, parent: Element, path: str) -> list[Element]:
        """Every element at the path, in document order."""
        return parent.findall(path, self.namespaces)

    def texts(self, parent: Element, path: str) -> list[str]:
        """Every text at the path that is not empty, white space collapsed."""
        return [_text(element) for element in self._filled(parent, path)]

    def text(self, parent: Element, *paths: str) -> str | None:
        """First text found at the paths; None where all are empty."""
        return next((text for path in paths for text in self.texts(parent, path)), None)

    def required_text(self, parent: Element, *paths: str) -> str:
        """First text found at the paths; an empty text and a problem where there is none."""
        text = self.text(parent, *paths)
        if text is None:
            self.report_missing(parent, paths[0])
        return text or ""

    def day(self, parent: Element, path: str, *, required: bool = False) -> str | None:
        """ISO day at the path; None where it is empty, with a problem where it is unreadable."""
        element = next(iter(self._filled(parent, path)), None)
        if element is None:
            if required:
                self.report_missing(parent, path)
            return None
        is_compact = element.get("format") == _COMPACT_DAY_FORMAT
        day = parse_day(_text(element), is_compact=is_compact)
        if day is None:
            message = f"{_shown(element)} is not a day of the calendar"
            remedy = "ask the issuer to write 2025-03-31, or in CII 20250331 with format 102"
            self._report_at(element, path, "invoice_date_unreadable", message, remedy)
        return day

    def number(
        self, parent: Element, path: str, currency: str | None = None, *, required: bool = False
    ) -> Decimal | None:
        """Exact number at the path; where a currency is given, not one marked with another."""
        filled = self._filled(parent, path)
        usable = _in_currency(filled, currency)
        if len(usable) == 1:
            return self._number(usable[0], path)
        if len(usable) > 1:
            message = "the value is given more than once: it is unclear which one counts"
            remedy = "ask the issuer for an invoice that gives it once"
            self._report_at(usable[1], path, "invoice_element_repeated", message, remedy)
        elif filled:
            message = f"the amount is in {filled[0].get('currencyID')}, the invoice in {currency}"
            remedy = "ask the issuer for one currency throughout the invoice"
            self._report_at(filled[0], path, "invoice_amount_in_other_currency", message, remedy)
        elif required:
            self.report_missing(parent, path)
        return None

    def money(
        self, parent: Element, path: str, currency: str, *, required: bool = False
    ) -> Decimal | None:
        """Exact amount at the path; more decimals than money is kept with are a problem."""
        value = self.number(parent, path, currency, required=required)
        if value is None or rounded(value) == value:
            return value
        self._report_out_of_range(self._filled(parent, path)[0], path)
        return None

    def total(self, parent: Element, path: str, currency: str) -> Decimal | None:
        """Sum of the amounts at the path in the currency, rounded; None where there are none."""
        elements = _in_currency(self._filled(parent, path), currency)
        numbers = [self._number(element, path) for element in elements]
        readable = [number for number in numbers if number is not None]
        return rounded(exact_sum(readable)) if readable else None

    def report(self, rule: str, where: str, message: str, remedy: str) -> None:
        """Note a problem of the document."""
        self.problems.append(Problem(rule, where, message, remedy))

    def report_missing(self, parent: Element, path: str) -> None:
        """Note that an element without which the invoice says nothing is absent or empty."""
        message = f"{path} is absent or empty"
        remedy = "ask the issuer for an invoice that has it: EN 16931 makes it mandatory"
        name = str(parent.tag).rpartition("}")[2]
        self._report_at(parent, name, "invoice_element_missing", message, remedy)

    def _filled(self, parent: Element, path: str) -> list[Element]:
        return [element for element in self.children(parent, path) if _text(element)]

    def _number(self, element: Element, path: str) -> Decimal | None:
        value = parse_number(_text(element))
        if value is None:
            message = f"{_shown(element)} is not a number of XML"
            remedy = "ask the issuer to write digits with a decimal point only, such as 1234.56"
            self._report_at(element, path, "invoice_amount_unreadable", message, remedy)
        elif not fits(value):
            self._report_out_of_range(element, path)
            return None
        return value

    def _report_out_of_range(self, element: Element, path: str) -> None:
        message = f"{_shown(element)} cannot be kept without losing digits"
        remedy = f"ask the issuer for at most {LONGEST_NUMBER}"
        self._report_at(element, path, "invoice_amount_out_of_range", message, remedy)

    def _report_at(self, element: Element, name: str, rule: str, message: str, remedy: str) -> None:
        self.report(rule, f"{name}, line {element.sourceline}", message, remedy)


def _text(element: Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _shown(element: Element) -> str:
    return repr(_text(element)[:_SHOWN_CHARACTERS])


def _in_currency(elements: list[Element], currency: str | None) -> list[Element]:
    if not currency:
        return elements
    return [element for element in elements if element.get("currencyID", currency) == currency]
