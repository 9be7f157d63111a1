"""Stripe's invoices become revenue: minor units exact, discounts off, tax out, nothing twice."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loading_support import Loader, new_loader

from pipelines.sources.stripe_invoices import read_document

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "stripe_invoices" / "invoices.json"
TEXT = FIXTURE.read_text("utf-8")
PATH = "revenue/invoices.json"


def invoices() -> list[dict[str, Any]]:
    return list(json.loads(TEXT)["data"])


def void_invoice(**changes: object) -> dict[str, Any]:
    return {**invoices()[2], **changes}


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def loaded(loader: Loader, content: str) -> list[tuple[Any, ...]]:
    loader.deliver(PATH, content)
    loader.load()
    assert loader.file(PATH)["format"] == "stripe_invoices"
    return loader.ask(
        "select line_id, kind, amount, currency from raw.revenue order by invoice_id, line_id"
    )


EXPECTED = [
    ("cnli_1", "credit", -Decimal(1000 - 100) / 100, "USD"),
    ("il_goodwill", "credit", -Decimal(500) / 100, "USD"),
    ("il_plan", "subscription", Decimal(4900 - 784) / 100, "USD"),
    ("il_setup", "one_off", Decimal(11900 - 1900) / 100, "USD"),
    ("il_tokens", "usage", Decimal(1250 - 250) / 100, "USD"),
    ("il_unused", "subscription", -Decimal(2450) / 100, "USD"),
    ("il_old_item", "one_off", Decimal(300), "JPY"),
    ("il_old_plan", "subscription", Decimal(5000), "JPY"),
    ("il_old_usage", "usage", Decimal(1200), "JPY"),
    ("il_void", "subscription", Decimal(0), "USD"),
]


@pytest.mark.parametrize(
    "content",
    [
        TEXT,
        json.dumps(json.loads(TEXT)),
        json.dumps(invoices(), indent=2),
        "\n".join(json.dumps(invoice) for invoice in invoices()),
        "\n".join(json.dumps([invoice]) for invoice in invoices()),
    ],
    ids=["list object", "on one line", "array", "JSON lines", "JSON lines of arrays"],
)
def test_every_shape_holds_the_same_lines(loader: Loader, content: str) -> None:
    assert loaded(loader, content) == EXPECTED


def test_one_invoice_alone_is_read(loader: Loader) -> None:
    assert loaded(loader, json.dumps(void_invoice(), indent=2)) == EXPECTED[-1:]


@pytest.mark.parametrize(
    ("currency", "amount"),
    [
        ("usd", Decimal("49.00")),
        ("jpy", Decimal(4900)),
        ("krw", Decimal(4900)),
        ("kwd", Decimal("4.900")),
        ("ugx", Decimal("49.00")),
    ],
)
def test_minor_units_are_those_of_the_currency(
    loader: Loader, currency: str, amount: Decimal
) -> None:
    paid = void_invoice(status="paid", currency=currency)
    assert loaded(loader, json.dumps(paid)) == [
        ("il_void", "subscription", amount, currency.upper())
    ]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-10-01T00:00:00", "2026-11-01T00:00:00", ("2026-10-01", "2026-10-31")),
        ("2026-10-05T12:34:56", "2026-11-05T12:34:56", ("2026-10-05", "2026-11-04")),
        ("2026-10-01T00:00:00", "2026-10-31T23:59:59", ("2026-10-01", "2026-10-31")),
        ("2026-10-05T12:34:56", "2026-10-05T12:34:56", ("2026-10-05", "2026-10-05")),
    ],
)
def test_a_period_ends_on_the_day_before_the_next_one_begins(
    loader: Loader, start: str, end: str, days: tuple[str, str]
) -> None:
    invoice = void_invoice()
    ((epoch_start, epoch_end),) = loader.ask(
        "select cast(epoch(cast(? as timestamp)) as bigint),"
        " cast(epoch(cast(? as timestamp)) as bigint)",
        start,
        end,
    )
    invoice["lines"]["data"][0]["period"] = {"start": epoch_start, "end": epoch_end}
    loaded(loader, json.dumps(invoice))
    expected = [tuple(date.fromisoformat(day) for day in days)]
    assert loader.ask("select period_start, period_end from raw.revenue") == expected


@pytest.mark.parametrize("status", ["draft", "void", "uncollectible"])
def test_an_invoice_that_earns_nothing_takes_back_what_it_once_did(
    loader: Loader, status: str
) -> None:
    loader.deliver("revenue/october.json", json.dumps(void_invoice(status="open")))
    loader.load()
    assert loader.ask("select amount from raw.revenue") == [(Decimal(49),)]
    loader.deliver("revenue/november.json", json.dumps(void_invoice(status=status)))
    loader.load()
    assert loader.ask("select amount from raw.revenue") == [(Decimal(0),)]


def broken(**changes: object) -> dict[str, Any]:
    invoice = void_invoice(status="paid")
    invoice["lines"]["data"][0].update(changes)
    return invoice


@pytest.mark.parametrize(
    ("invoice", "reason"),
    [
        (broken(amount=10.5), "10.5 is no whole number"),
        (broken(amount="4900"), "'4900' is no whole number"),
        (broken(period=None), "not as the API documents it"),
        (broken(id=7), "7 stands where the API documents a text"),
        (broken(id="\ud800"), "not as the API documents it"),
        (void_invoice(id="in_\0"), "stands where the API documents a text"),
        (void_invoice(customer=None), "it names no customer"),
        (void_invoice(status="paused"), "status 'paused' is none"),
        (void_invoice(lines={"data": [], "has_more": True}), "its lines go on"),
        (void_invoice(lines=None), "not as the API documents it"),
        ({**void_invoice(), "object": "charge"}, "neither an invoice nor a credit note"),
    ],
)
def test_an_invoice_that_cannot_be_read_sets_its_file_aside_and_no_other(
    loader: Loader, invoice: dict[str, Any], reason: str
) -> None:
    loader.deliver(PATH, "\n".join(map(json.dumps, [void_invoice(id="in_sound"), invoice])))
    loader.deliver("revenue/other.json", json.dumps(void_invoice(id="in_other")))
    loader.load()
    file = loader.file(PATH)
    assert (file["status"], file["rule"]) == ("rejected", "stripe_objects")
    assert reason in file["reason"]
    assert loader.ask("select invoice_id from raw.revenue") == [("in_other",)]


def test_a_line_that_is_no_json_is_named(loader: Loader) -> None:
    loader.deliver(PATH, json.dumps(void_invoice()) + "\n{half\n")
    loader.load()
    assert "line 2 is no JSON" in loader.file(PATH)["reason"]


def test_the_api_s_own_example_is_a_draft_that_earns_nothing(
    loader: Loader, public_data: Path
) -> None:
    example = json.loads((public_data / "revenue" / "fixtures3.json").read_text("utf-8"))
    assert loaded(loader, json.dumps(example["resources"]["invoice"], indent=1)) == [
        ("il_1Pgc6sB7WZ01zgkWFnxLrLCq", "subscription", Decimal(0), "USD")
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "lines", "data", "period", "start", "end", "amount", "customer"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from(["lines", "customer", "currency", "status", "id", "created"]))
def test_no_object_however_odd_raises(value: object, place: str) -> None:
    invoice = {**void_invoice(status="paid"), place: value}
    note = {**invoices()[3], place: value}
    read_document(json.dumps([invoice, note, value]).encode())


@given(st.binary(max_size=40))
def test_no_bytes_raise(content: bytes) -> None:
    read_document(content)
