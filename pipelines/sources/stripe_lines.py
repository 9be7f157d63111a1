"""One line of a Stripe invoice or credit note as a row of revenue.

Amounts are whole numbers of the currency's minor unit. Net is the line's amount less its discounts,
less the tax its price includes, less billing credits spent on it (those were invoiced when they
were bought); tax on top is not in it. Draft, void and uncollectible documents earn nothing: their
lines count 0, so that they replace what an earlier file said of them while they were open.

Kinds: `usage` where the price is metered; `subscription` for a subscription's other lines and its
prorations, so that both are earned over their days; `credit` for the rest below zero and for credit
notes, `one_off` for the rest above. Since 2025 a line names its price by id alone, and a metered
one then counts as subscription; expand the price to have it told apart.

A period's end is the moment the next one begins, or 23:59:59 where a person entered it: the last
day is the one before that moment, so that periods neither overlap nor leave a day out.

Source: Stripe API reference, "The Invoice Line Item object", "The Credit Note Line Item object";
"Supported currencies".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json = Mapping[str, Any]

# Stripe gives ISK and UGX, which have none, two decimals as before.
NO_DECIMALS = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905 - a table
)
THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
EARNING = frozenset({"open", "paid", "issued"})
NOT_EARNING = frozenset({"draft", "void", "uncollectible", "deleted"})
USAGE_PARENT = "rate_card_subscription_details"
SUBSCRIPTION_PARENTS = frozenset(
    {"subscription", "subscription_item_details", "license_fee_subscription_details"}
)


class UnreadableError(Exception):
    """Part of a document is missing or none of what the API documents."""


def line_of_invoice(invoice: Json, line: Json) -> dict[str, str]:
    """The row of one line. Errors: UnreadableError; LookupError and ValueError for other JSON."""
    start, end = (_moment(line["period"][name]) for name in ("start", "end"))
    return {
        **_row(invoice, line),
        "kind": _kind(line),
        "period_start": start.date().isoformat(),
        "period_end": _last_day(start, end),
        "amount": _amount(invoice, line),
    }


def line_of_credit_note(note: Json, line: Json) -> dict[str, str]:
    """The row of one credited line, on the day it took effect. Errors: UnreadableError."""
    day = _moment(note.get("effective_at") or note["created"]).date().isoformat()
    return {
        **_row(note, line),
        "kind": "credit",
        "period_start": day,
        "period_end": day,
        "amount": _amount(note, line, sign=-1),
    }


def _row(document: Json, line: Json) -> dict[str, str]:
    return {
        "invoice_id": _text(document["id"]),
        "line_id": _text(line["id"]),
        "customer_id": _id(document["customer"] or document.get("customer_account")),
        "currency": _text(document["currency"]).upper(),
    }


def _id(reference: Json | str | None) -> str:
    """The id of an object, which may stand expanded in its place."""
    if reference is None:
        raise UnreadableError("it names no customer")
    return _text(reference if isinstance(reference, str) else reference["id"])


def _text(value: object) -> str:
    if isinstance(value, str) and "\0" not in value and value.encode():
        return value
    raise UnreadableError(f"{value!r:.40} stands where the API documents a text")


def _amount(document: Json, line: Json, sign: int = 1) -> str:
    status = document["status"]
    if status in NOT_EARNING:
        return "0"
    if status not in EARNING:
        raise UnreadableError(f"status {status!r:.40} is none that Stripe documents")
    currency = document["currency"].upper()
    places = 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    return f"{sign * _net_minor_units(line)}e-{places}"


def _net_minor_units(line: Json) -> int:
    taxes = line.get("taxes") or line.get("tax_amounts") or ()
    included = (t for t in taxes if t.get("inclusive") or t.get("tax_behavior") == "inclusive")
    # Discounts stand among the pretax credits again.
    spent = (
        credit
        for credit in line.get("pretax_credit_amounts") or ()
        if credit.get("type") == "credit_balance_transaction"
    )
    deductions = (*(line.get("discount_amounts") or ()), *included, *spent)
    return _whole(line["amount"]) - sum(_whole(each["amount"]) for each in deductions)


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise UnreadableError(f"{value!r:.40} is no whole number of minor units")


def _kind(line: Json) -> str:
    parent = line.get("parent") or {}
    origin = parent.get("type") or line.get("type")
    details = parent.get(origin) or {}
    if origin == USAGE_PARENT or _is_metered(line):
        return "usage"
    if origin in SUBSCRIPTION_PARENTS or line.get("proration") or details.get("proration"):
        return "subscription"
    return "credit" if _whole(line["amount"]) < 0 else "one_off"


def _is_metered(line: Json) -> bool:
    price_details = (line.get("pricing") or {}).get("price_details") or {}
    prices = [line.get("plan"), line.get("price"), price_details.get("price")]
    objects = [price for price in prices if isinstance(price, dict)]
    rates = [*objects, *(price.get("recurring") or {} for price in objects)]
    return any(rate.get("usage_type") == "metered" for rate in rates)


def _moment(seconds: object) -> datetime:
    return datetime.fromtimestamp(_whole(seconds), UTC)


def _last_day(start: datetime, end: datetime) -> str:
    last = (end + timedelta(seconds=1)).date() - timedelta(days=1)
    return max(last, start.date()).isoformat()
