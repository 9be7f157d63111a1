"""The invoice inside a Factur-X or ZUGFeRD PDF is loaded; a PDF without one says what is wrong."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loading_support import Loader, new_loader
from pypdf import PdfWriter
from pypdf.generic import NameObject

from pipelines.sources.factur_x import MAX_BYTES, read_document

INVOICES = Path(__file__).resolve().parents[1] / "fixtures" / "invoices"
CII = (INVOICES / "cii_invoice.xml").read_bytes()
PATH = "labeling_invoices/invoice.pdf"


def pdf(*attachments: tuple[str, bytes], password: str | None = None) -> bytes:
    """One blank page with these attachments."""
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    for name, content in attachments:
        writer.add_attachment(name, content)
    for attachment in writer.attachment_list:
        files = attachment.pdf_object["/EF"]
        packed = files["/F"].get_object().flate_encode()
        # vendors compress what they attach
        files[NameObject("/F")] = writer._add_object(packed)  # noqa: SLF001 - no public way
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


FACTUR_X = pdf(("factur-x.xml", CII), ("worklog.csv", b"hours\n1\n"))


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["factur-x.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml"],
)
def test_the_attached_invoice_is_loaded_as_the_xml_alone_would_be(
    loader: Loader, name: str
) -> None:
    loader.deliver(PATH, pdf((name, CII), ("terms.txt", b"Pay soon.")))
    loader.load()
    assert loader.file(PATH)["format"] == "factur_x"
    inside = loader.ask("select * exclude (_file_id) from raw.labeling_invoices order by all")
    assert inside
    loader.deliver("labeling_invoices/alone.xml", CII)
    loader.load()
    assert inside == loader.ask(
        "select * exclude (_file_id) from raw.labeling_invoices order by all"
    )


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (pdf(), "pdf_carries_an_invoice"),
        (pdf(("terms.xml", CII)), "pdf_carries_an_invoice"),
        (pdf(("factur-x.xml", CII), password="secret"), "pdf_not_encrypted"),  # noqa: S106 - a test
        (pdf(("factur-x.xml", CII), password=""), "pdf_not_encrypted"),
        (pdf(("factur-x.xml", CII), ("xrechnung.xml", CII + b" ")), "pdf_carries_one_invoice"),
        (pdf(("factur-x.xml", bytes(MAX_BYTES + 1))), "plausible_compression"),
        (pdf(("factur-x.xml", (INVOICES / "entity_bomb.xml").read_bytes())), "xml_doctype_refused"),
        (pdf(("factur-x.xml", b"<html/>")), "not_an_e_invoice"),
        (b"%PDF-1.7 and nothing more", "whole_pdf"),
    ],
)
def test_a_pdf_without_a_sound_invoice_is_refused_and_the_others_load(
    loader: Loader, content: bytes, rule: str
) -> None:
    loader.deliver(PATH, content)
    loader.deliver("labeling_invoices/good.pdf", FACTUR_X)
    summary = loader.load()
    file = loader.file(PATH)
    assert (file["status"], file["rule"]) == ("rejected", rule)
    assert file["remedy"]
    assert (summary.files_rejected, summary.files_loaded) == (1, 1)


def test_the_same_invoice_attached_twice_counts_once(loader: Loader) -> None:
    loader.deliver(PATH, pdf(("factur-x.xml", CII), ("xrechnung.xml", CII)))
    loader.deliver("labeling_invoices/alone.pdf", FACTUR_X)
    loader.load()
    copies = "select count(*) from raw.labeling_invoices group by line_number having count(*) > 1"
    assert loader.ask(copies) == []


@settings(deadline=None)
@given(st.integers(0, len(FACTUR_X) - 1))
def test_a_pdf_that_is_cut_off_never_raises(length: int) -> None:
    document = read_document(FACTUR_X[:length])
    assert document.problem is not None or document.rows


@settings(deadline=None)
@given(st.integers(0, len(FACTUR_X) - 1), st.binary(min_size=1, max_size=8))
def test_a_pdf_with_wrong_bytes_never_raises(place: int, wrong: bytes) -> None:
    damaged = FACTUR_X[:place] + wrong + FACTUR_X[place + len(wrong) :]
    document = read_document(damaged)
    assert document.problem is not None or document.rows
