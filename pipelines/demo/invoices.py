"""A labelling invoice or credit note as its vendor thinks of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Issuer:
    """A labelling vendor: its name, country, currency, tax rate (0-1) and number prefix."""

    name: str
    country: str
    currency: str
    tax_rate: Decimal
    prefix: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a batch of a dataset. `net` is quantity times unit price less `discount`."""

    dataset_id: str
    batch_id: str
    quantity: int
    unit_price: Decimal
    discount: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        """The line's amount without tax, in the invoice's currency."""
        return (self.quantity * self.unit_price).quantize(CENT) - self.discount


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice, or a credit note where `references` names the invoice it reduces."""

    number: str
    issuer: Issuer
    issued_on: date
    period_start: date
    period_end: date
    lines: tuple[Line, ...]
    references: str | None = None

    @property
    def net(self) -> Decimal:
        """The sum of the lines; positive also on a credit note, as the standard has it."""
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """Tax on the net amount."""
        return (self.net * self.issuer.tax_rate).quantize(CENT)
