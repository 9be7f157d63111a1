"""An e-invoice that cannot be trusted says why, and never raises."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.e_invoices import InvoiceDocument, is_e_invoice, read_invoice

FIXTURES = Path(__file__).parent.parent / "fixtures" / "invoices"
UBL = (FIXTURES / "ubl_invoice.xml").read_bytes()
CREDIT_NOTE = (FIXTURES / "ubl_credit_note.xml").read_bytes()
CII = (FIXTURES / "cii_invoice.xml").read_bytes()


def changed(content: bytes, old: str, new: str) -> InvoiceDocument:
    assert old.encode() in content
    return read_invoice(content.replace(old.encode(), new.encode()))


def rules(document: InvoiceDocument) -> list[str]:
    assert all(all(asdict(problem).values()) for problem in document.problems)
    return [problem.rule for problem in document.problems]


@pytest.mark.parametrize(
    ("content", "old", "new", "rule"),
    [
        (UBL, "<cbc:ID>LAB-7</cbc:ID>", "<cbc:ID> </cbc:ID>", "invoice_element_missing"),
        (UBL, "<cbc:ID>2</cbc:ID>", "", "invoice_element_missing"),
        (UBL, ">90.00<", "><", "invoice_element_missing"),
        (UBL, ">225.00<", "><", "invoice_element_missing"),
        (UBL, ">210.00<", "><", "invoice_element_missing"),
        (CII, "<ram:TypeCode>380</ram:TypeCode>", "", "invoice_element_missing"),
        (CII, ">Koe KK<", "><", "invoice_element_missing"),
        (UBL, ">2025-03-31</cbc:IssueDate>", "></cbc:IssueDate>", "invoice_element_missing"),
        (UBL, ">2025-03-31</cbc:IssueDate>", ">31.03.2025</cbc:IssueDate>",
         "invoice_date_unreadable"),
        (UBL, ">2025-03-14<", ">2025-02-30<", "invoice_date_unreadable"),
        (CII, 'format="102">20250430', 'format="610">202504', "invoice_date_unreadable"),
        (UBL, ">EUR<", ">euro<", "invoice_currency_unreadable"),
        (UBL, '"EUR">90.00', '"USD">90.00', "invoice_amount_in_other_currency"),
        (CII, "<ram:LineTotalAmount>11000</ram:LineTotalAmount>",
         "<ram:LineTotalAmount>1</ram:LineTotalAmount>" * 2, "invoice_element_repeated"),
        (UBL, ">false<", ">perhaps<", "invoice_charge_indicator_unreadable"),
        (UBL, ">100</cbc:BaseQuantity>", ">0</cbc:BaseQuantity>", "invoice_price_for_nothing"),
        (UBL, ">380<", ">999<", "invoice_type_code_unknown"),
        (CREDIT_NOTE, ">381<", ">380<", "invoice_type_code_unknown"),
        (UBL, ">380<", ">386<", "invoice_is_no_final_cost"),
        (CII, ">380<", ">325<", "invoice_is_no_final_cost"),
    ],
)  # fmt: skip
def test_what_is_missing_or_unclear_is_a_problem(
    content: bytes, old: str, new: str, rule: str
) -> None:
    assert rule in rules(changed(content, old, new))


@pytest.mark.parametrize(
    "text", ["1,234.56", "1.234,56", "9 0", "1e2", "NaN", "Infinity", "(90)", "\u221290", "٩٠", "."]
)
def test_an_amount_that_is_no_xml_decimal_is_a_problem_with_its_line(text: str) -> None:
    problem = changed(UBL, ">90.00<", f">{text}<").problems[0]

    assert problem.rule == "invoice_amount_unreadable"
    assert problem.where == "cbc:LineExtensionAmount, line 66"


@pytest.mark.parametrize("text", ["9" * 27, "0." + "0" * 12 + "1", "9" * 5_000])
def test_an_amount_that_would_lose_digits_is_a_problem(text: str) -> None:
    assert rules(changed(UBL, ">90.00<", f">{text}<")) == ["invoice_amount_out_of_range"]


@pytest.mark.parametrize(
    "text", ["90", "+90.", "090.000", "90." + "0" * 5_000, " 90\n", "9<!---->0"]
)
def test_an_amount_may_be_written_in_any_way_xml_allows(text: str) -> None:
    document = changed(UBL, ">90.00<", f">{text}<")

    assert document.problems == ()
    assert float(document.lines[1].line_amount) == 90


def test_a_quantity_or_price_too_small_to_keep_raises_nothing() -> None:
    tiny = "0." + "0" * 1_200_000 + "1"

    assert changed(UBL, ">3<", f">{tiny}<").lines[1].quantity == "0.000000000000"
    assert rules(changed(UBL, ">100</cbc:BaseQuantity>", f">{tiny}</cbc:BaseQuantity>")) == [
        "invoice_price_for_nothing"
    ]


@pytest.mark.parametrize(
    ("amount", "is_accepted"),
    [("90.02", True), ("90.03", False), ("89.98", True), ("89.97", False)],
)
def test_two_lines_may_be_two_cents_off(amount: str, *, is_accepted: bool) -> None:
    document = changed(UBL, ">90.00<", f">{amount}<")

    assert ("invoice_lines_do_not_sum_to_header" not in rules(document)) is is_accepted


def test_a_currency_without_cents_rounds_to_whole_units() -> None:
    assert changed(CII, ">11000<", ">11002<").problems == ()
    assert rules(changed(CII, ">11000<", ">11003<")) == ["invoice_lines_do_not_sum_to_header"]


def test_an_allowance_the_header_does_not_know_is_a_problem() -> None:
    document = changed(UBL, ">5.00<", ">50.00<")

    assert [problem.where for problem in document.problems] == [
        "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"
    ]
    assert "lines sum to 180.00 EUR, the header says 225.00" in document.problems[0].message


def test_a_document_without_lines_is_a_problem() -> None:
    start, end = UBL.index(b"<cac:InvoiceLine>"), UBL.rindex(b"</Invoice>")

    assert "invoice_has_no_lines" in rules(read_invoice(UBL[:start] + UBL[end:]))


def test_a_credit_note_of_negative_amounts_is_a_problem() -> None:
    negative = CREDIT_NOTE.replace(b">12.00<", b">-12.00<").replace(b">10.00<", b">-14.00<")

    assert rules(read_invoice(negative)) == ["credit_note_is_negative"]


def test_under_a_header_with_gaps_there_are_no_lines() -> None:
    assert changed(UBL, ">Labels Ltd<", "><").lines[0].issuer == "Labels"
    assert changed(UBL, ">EUR<", "><").lines == ()


@pytest.mark.parametrize("name", ["entity_bomb.xml", "external_entity.xml"])
def test_a_doctype_is_refused_by_name_and_nothing_is_expanded(name: str) -> None:
    content = (FIXTURES / name).read_bytes()
    document = read_invoice(content)

    assert rules(document) == ["xml_doctype_refused"]
    assert document.format == is_e_invoice(content) is not None
    assert document.lines == ()


def test_a_doctype_is_refused_in_any_encoding() -> None:
    hidden = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'

    assert rules(read_invoice(hidden.encode("utf-16"))) == ["xml_doctype_refused"]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"", "line 1"),
        (b"issuer,invoice_number\n", "line 1"),
        (UBL[:900], "line 17"),
        (UBL.replace(b"</cbc:IssueDate>", b"</cbc:Date>"), "line 7"),
        (UBL.replace(b">EUR<", b">&eur;<"), "line 9"),
        (UBL.replace(b">Labels Ltd<", b">\xc9tiquettes<"), "line 17"),
        (b"<a>" * 300 + b"</a>" * 300, "line 1"),
    ],
)
def test_damaged_xml_is_a_problem_with_its_line(content: bytes, where: str) -> None:
    problem = read_invoice(content).problems[0]

    assert (problem.rule, problem.where) == ("xml_malformed", where)


def test_other_xml_is_no_e_invoice() -> None:
    assert rules(read_invoice(b"<html/>")) == ["not_an_e_invoice"]


@given(st.data())
def test_no_damage_makes_the_reader_raise(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from([UBL, CREDIT_NOTE, CII]))
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(start + 60, len(content))))
    damaged = content[:start] + data.draw(st.binary(max_size=20)) + content[end:]

    document = read_invoice(damaged)

    assert document.problems or document.lines
    is_e_invoice(damaged)
