"""Factur-X and ZUGFeRD: a PDF that carries its invoice as XML, which alone is read.

The XML is found by the name the standards give the attachment and read as an e-invoice is, with
the same refusals; other attachments are left alone. ZUGFeRD 1.0 has a syntax of its own from
before EN 16931, and its documents are refused by name. Nothing of a page is read, and nothing of
the PDF is inflated beyond `MAX_BYTES`.

Source: Factur-X 1.07 / ZUGFeRD 2.3, "Technical appendix", embedding in PDF/A-3; pypdf, "Security".
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

from pypdf import PdfReader, apply_configuration, get_configuration
from pypdf.errors import LimitReachedError, PyPdfError

from pipelines.sources import e_invoice_format
from pipelines.sources.format import DocumentRows, Format, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.sources.feeds import Feed

# As Factur-X, ZUGFeRD 2.0 and 1.0 (which differ in case) and XRechnung call it.
INVOICE_NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"})
# The longest invoices, of tens of thousands of lines, are a few megabytes.
MAX_BYTES = 20_000_000
LIMITS = dict.fromkeys(
    (
        "array_based_stream_maximum_output_length",
        "brotli_maximum_output_length",
        "lzw_maximum_output_length",
        "maximum_declared_stream_length",
        "run_length_maximum_output_length",
        "stream_decoding_work_maximum_length",
        "zlib_maximum_output_length",
    ),
    MAX_BYTES,
)
# What pypdf raises for a damaged file besides its own errors: it does not check every object.
DAMAGES = (
    PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError,
    OSError, RecursionError, TypeError, ValueError, struct.error,
)  # fmt: skip

NO_INVOICE = (
    "pdf_carries_an_invoice",
    "the PDF has no attachment named factur-x.xml, zugferd-invoice.xml or xrechnung.xml",
    "ask the issuer for Factur-X, ZUGFeRD or XML, or type its lines into the canonical CSV",
)
ENCRYPTED = (
    "pdf_not_encrypted",
    "the PDF is encrypted, which Factur-X and ZUGFeRD forbid",
    "deliver it without a password",
)
AMBIGUOUS = (
    "pdf_carries_one_invoice",
    "the PDF carries several invoices, and they differ",
    "ask the issuer which one counts, and deliver that XML alone",
)
TOO_LARGE = (
    "plausible_compression",
    f"its attachment inflates to more than {MAX_BYTES} bytes, or does not say how far",
    "ask the issuer for the XML alone",
)
DAMAGED = (
    "whole_pdf",
    "the PDF is cut off or damaged",
    "deliver it again, under a .part name that is renamed when complete",
)


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for every PDF: what it carries can stand anywhere in it."""
    return sample.container == "pdf"


def read_document(content: bytes) -> DocumentRows:
    """The lines of the invoice that a PDF carries, or why it carries none."""
    try:
        with apply_configuration(get_configuration().with_overwrites(**LIMITS)):
            return _read(PdfReader(BytesIO(content)))
    except LimitReachedError:
        return DocumentRows((), TOO_LARGE)
    except DAMAGES:
        return DocumentRows((), DAMAGED)


def _read(reader: PdfReader) -> DocumentRows:
    if reader.is_encrypted:
        return DocumentRows((), ENCRYPTED)
    invoices = set(_invoices(reader))
    if not invoices:
        return DocumentRows((), NO_INVOICE)
    if len(invoices) > 1:
        return DocumentRows((), AMBIGUOUS)
    return e_invoice_format.read_document(invoices.pop())


def _invoices(reader: PdfReader) -> Iterator[bytes]:
    for attachment in reader.attachment_list:
        names = {str(attachment.name).lower(), str(attachment.alternative_name).lower()}
        if names & INVOICE_NAMES:
            yield attachment.content


FORMAT = Format(
    name="factur_x",
    feeds=("labeling_invoices",),
    marks="a PDF with an attachment named factur-x.xml, zugferd-invoice.xml or xrechnung.xml",
    recognise=recognise,
    reading=e_invoice_format.reading,
    read_document=read_document,
)
