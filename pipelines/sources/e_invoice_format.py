"""E-invoices as a format: one XML file is one document, loaded or set aside as a whole."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from pipelines.sources import canonical
from pipelines.sources.e_invoices import is_e_invoice, read_invoice
from pipelines.sources.format import DocumentRows, Format, Reading, Sample

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for a UBL or CII document."""
    return sample.container == "xml" and is_e_invoice(sample.head) is not None


def reading(sample: Sample, feed: Feed) -> Reading:
    """The canonical reading: lines of a document carry canonical columns as text."""
    names = dict.fromkeys((column.name for column in feed.columns), "")
    return canonical.reading(replace(sample, columns=names), feed)


def read_document(content: bytes) -> DocumentRows:
    """The lines of one invoice; the first problem, if any, sets all of them aside."""
    document = read_invoice(content)
    rows = tuple(asdict(line) for line in document.lines)
    if not document.problems:
        return DocumentRows(rows)
    first = document.problems[0]
    reason = "; ".join(f"{problem.where}: {problem.message}" for problem in document.problems)
    return DocumentRows(rows, problem=(first.rule, reason, first.remedy))


FORMAT = Format(
    name="e_invoice",
    feeds=("labeling_invoices",),
    marks=(
        "an XML document whose root is a UBL Invoice or CreditNote, or a CII CrossIndustryInvoice"
    ),
    recognise=recognise,
    reading=reading,
    read_document=read_document,
)
