"""E-invoices are read to the cent, whichever of the two syntaxes they are written in."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.sources.e_invoices import InvoiceLine, is_e_invoice, read_invoice

FIXTURES = Path(__file__).parent.parent / "fixtures" / "invoices"

UBL_2 = b'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'

# Each file's own net without tax, read off its header; a credit note's is positive there.
PUBLIC_INVOICES = [
    ("peppol/Allowance-example.xml", "ubl", "invoice", "EUR", "5900.00", 5),
    ("peppol/Vat-category-S.xml", "ubl", "invoice", "EUR", "7000.00", 5),
    ("peppol/base-creditnote-correction.xml", "ubl", "credit_note", "EUR", "-1325.00", 3),
    ("peppol/base-example.xml", "ubl", "invoice", "EUR", "1325.00", 3),
    ("peppol/base-negative-inv-correction.xml", "ubl", "invoice", "EUR", "-1325.00", 3),
    ("peppol/sales-order-example.xml", "ubl", "invoice", "EUR", "1325.00", 3),
    ("peppol/vat-category-E.xml", "ubl", "invoice", "GBP", "1200.00", 1),
    ("peppol/vat-category-O.xml", "ubl", "invoice", "SEK", "3200.00", 1),
    ("peppol/vat-category-Z.xml", "ubl", "invoice", "GBP", "1200.00", 1),
    ("cii/CII-BR-CO-10-RoundingIssue.xml", "cii", "invoice", "EUR", "0.00", 4),
    ("cii/CII_example1.xml", "cii", "invoice", "EUR", "229.60", 20),
    ("cii/CII_example3.xml", "cii", "invoice", "DKK", "900.00", 2),
    ("cii/CII_example4.xml", "cii", "invoice", "DKK", "4000.00", 3),
    ("cii/CII_example7.xml", "cii", "invoice", "SEK", "3200.00", 2),
    ("cii/XRechnung-O.xml", "cii", "invoice", "EUR", "385544.60", 4),
]


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def amounts(lines: tuple[InvoiceLine, ...]) -> dict[str, Decimal]:
    return {line.line_number: Decimal(line.line_amount) for line in lines}


@pytest.mark.parametrize(
    ("path", "form", "document_type", "currency", "net", "line_count"), PUBLIC_INVOICES
)
def test_a_public_invoice_adds_up_to_its_net_to_the_cent(
    public_data: Path,
    path: str,
    form: str,
    document_type: str,
    currency: str,
    net: str,
    line_count: int,
) -> None:
    document = read_invoice((public_data / "invoices" / path).read_bytes())

    assert document.problems == ()
    assert document.format == form
    assert document.header_net == Decimal(net)
    assert sum(amounts(document.lines).values()) == Decimal(net)
    assert len(amounts(document.lines)) == line_count
    assert {(line.document_type, line.currency) for line in document.lines} == {
        (document_type, currency)
    }


def test_every_public_invoice_is_expected(public_data: Path) -> None:
    folder = public_data / "invoices"
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.xml")}

    assert found == {path for path, *_ in PUBLIC_INVOICES}


def test_a_ubl_line_gives_every_canonical_column() -> None:
    line = read_invoice(fixture("ubl_invoice.xml")).lines[0]

    assert asdict(line) == {
        "issuer": "Labels Ltd",
        "invoice_number": "LAB-7",
        "line_number": "1",
        "document_type": "invoice",
        "issue_date": "2025-03-31",
        "period_start": "2025-03-10",
        "period_end": "2025-03-14",
        "description": "Image labels: Street scenes",
        "quantity": "1000",
        "unit_price": "0.12",
        "line_amount": "120.00",
        "tax_amount": "24.00",
        "currency": "EUR",
        "dataset_id": "streets",
        "batch_id": "b-12",
        "references_invoice": None,
    }


def test_allowances_and_charges_are_lines_and_prepayments_are_not() -> None:
    document = read_invoice(fixture("ubl_invoice.xml"))

    assert amounts(document.lines) == {"1": 120, "2": 90, "allowance-1": -5, "charge-1": 20}
    assert [line.description for line in document.lines[2:]] == ["Loyalty", "FC"]
    assert document.header_net == 120 + 90 - 5 + 20


def test_a_line_without_a_period_has_that_of_its_document() -> None:
    line = read_invoice(fixture("ubl_invoice.xml")).lines[1]

    assert (line.period_start, line.period_end) == ("2025-03-01", "2025-03-31")


def test_a_credit_note_takes_back_what_it_prints() -> None:
    document = read_invoice(fixture("ubl_credit_note.xml"))

    assert document.problems == ()
    assert document.header_net == -(12 - 2)
    assert amounts(document.lines) == {"1": -12, "allowance-1": 2}
    line = document.lines[0]
    assert (line.quantity, line.unit_price, line.tax_amount) == ("-100", "0.12", "-2.40")
    assert (line.issue_date, line.references_invoice) == ("2025-04-02", "LAB-7")


def test_cii_counts_details_once_and_every_charge() -> None:
    document = read_invoice(fixture("cii_invoice.xml"))

    assert document.problems == ()
    assert amounts(document.lines) == {
        "1.1": 50_000,
        "1.2": 11_000,
        "allowance-1": -1_500,
        "charge-1": 500,
    }
    assert document.header_net == 50_000 + 11_000 - 1_500 + 500


def test_cii_gives_the_same_columns_as_ubl() -> None:
    transcripts, review, *_ = read_invoice(fixture("cii_invoice.xml")).lines

    assert (transcripts.dataset_id, transcripts.batch_id) == ("calls", "c-3")
    assert (transcripts.quantity, transcripts.unit_price) == ("1500", "33.333333333333")
    assert (transcripts.period_start, transcripts.period_end) == ("2025-04-01", "2025-04-30")
    assert (review.period_start, review.period_end) == ("2025-04-14", None)
    assert (review.issuer, review.issue_date, review.tax_amount) == ("Koe KK", "2025-04-30", "1100")
    assert review.references_invoice == "R-29, R-30"


@pytest.mark.parametrize("code", ["81", "261", "381", "396", "532"])
def test_a_credit_note_code_turns_a_cii_document_round(code: str) -> None:
    credited = fixture("cii_invoice.xml").replace(b">380<", f">{code}<".encode())
    document = read_invoice(credited)

    assert document.problems == ()
    assert document.header_net == -60_000
    assert amounts(document.lines)["1.1"] == -50_000
    assert amounts(document.lines)["allowance-1"] == 1_500


def test_a_credit_note_code_turns_a_ubl_invoice_round() -> None:
    document = read_invoice(fixture("ubl_invoice.xml").replace(b">380<", b">381<"))

    assert document.header_net == -225
    assert {line.document_type for line in document.lines} == {"credit_note"}


def test_repeated_line_numbers_are_told_apart() -> None:
    repeated = fixture("ubl_invoice.xml").replace(b"<cbc:ID>2</cbc:ID>", b"<cbc:ID>1</cbc:ID>")

    assert [line.line_number for line in read_invoice(repeated).lines[:2]] == ["1", "1#2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_any_declared_encoding_is_read(encoding: str) -> None:
    declared = "UTF-8" if encoding == "utf-8-sig" else encoding.upper()
    text = fixture("ubl_invoice.xml").decode().replace('encoding="UTF-8"', f'encoding="{declared}"')
    content = text.replace("Labels Ltd", "Étiquettes").encode(encoding)

    assert is_e_invoice(content) == "ubl"
    assert read_invoice(content).lines[0].issuer == "Étiquettes"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'\xef\xbb\xbf<?xml version="1.0"?><!-- <a> --><?pi?>\n<Invoice xmlns="' + UBL_2, "ubl"),
        (fixture("ubl_credit_note.xml")[:500], "ubl"),
        (fixture("cii_invoice.xml")[:500], "cii"),
        (fixture("cii_invoice.xml")[:200], None),
        (b"<Invoice>", None),
        (b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2">', None),
        (b"issuer,invoice_number,line_number", None),
        (b'{"invoice": 1}', None),
        (b"%PDF-1.7", None),
        (b"\x00\xff\xfe", None),
        (b"", None),
    ],
)
def test_an_e_invoice_is_told_by_its_root_element(head: bytes, expected: str | None) -> None:
    assert is_e_invoice(head) == expected
