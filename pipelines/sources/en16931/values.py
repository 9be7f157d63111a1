"""What the values of an e-invoice mean: currencies, exact numbers and days."""

from __future__ import annotations

import re
from datetime import date
from decimal import Context, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# ISO 4217: digits of the minor unit where they are not two.
_UNUSUAL_MINOR_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_MINOR_UNIT_DIGITS = {
    currency: digits for digits, codes in _UNUSUAL_MINOR_UNITS.items() for currency in codes.split()
}
_USUAL_MINOR_UNIT_DIGITS = 2

# Money is kept as DECIMAL(38,12); sums and quotients of such numbers need fewer than 80 digits.
WHOLE_DIGITS = 26
DECIMAL_PLACES = 12
LONGEST_NUMBER = f"{WHOLE_DIGITS} digits before the decimal point and {DECIMAL_PLACES} after it"
EXACT = Context(prec=80)

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def minor_unit(currency: str) -> Decimal:
    """Smallest coin of the currency by ISO 4217: 0.01 for EUR, 1 for JPY."""
    digits = _MINOR_UNIT_DIGITS.get(currency, _USUAL_MINOR_UNIT_DIGITS)
    return Decimal(1).scaleb(-digits)


def parse_number(text: str) -> Decimal | None:
    """Exact value of an XML decimal; None for anything else (exponent, comma, NaN, inner space)."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def parse_day(text: str, *, is_compact: bool) -> str | None:
    """ISO day of `2025-03-31` (a time zone is dropped) or, if compact, `20250331`; else None."""
    match = (_COMPACT_DAY if is_compact else _ISO_DAY).fullmatch(text)
    if not match:
        return None
    year, month, day = map(int, match.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def rounded(value: Decimal) -> Decimal:
    """Value with at most twelve decimals, so that it fits the declared money type."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -DECIMAL_PLACES:
        return value
    return value.quantize(Decimal(1).scaleb(-DECIMAL_PLACES), context=EXACT)


def written(value: Decimal) -> str:
    """Value as plain decimal text, without exponent, with at most twelve decimals."""
    return f"{rounded(value):f}"


def fits(value: Decimal) -> bool:
    """Whether the digits before the decimal point fit the declared money type."""
    return value.is_zero() or value.adjusted() < WHOLE_DIGITS


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """Sum without rounding; 0 of no amounts."""
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
