"""Stripe's invoices and credit notes, as its API returns them: one row per line.

A file is one object, a list object, a bare array, or JSON lines of any of these. It loads whole or
not at all: revenue of half a page would pass for revenue. Refunds without a credit note and the
customer's balance are payments, no revenue, and are not read.

Source: Stripe API reference, "The Invoice object", "The Credit Note object", "Pagination".
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipelines.sources import canonical
from pipelines.sources.format import DocumentRows, Format, Reading, Sample
from pipelines.sources.stripe_lines import (
    UnreadableError,
    line_of_credit_note,
    line_of_invoice,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.sources.feeds import Feed

ROWS = {"invoice": line_of_invoice, "credit_note": line_of_credit_note}
MARK = re.compile(rb'"object"\s*:\s*"(?:invoice|credit_note)"')
BYTE_ORDER_MARK = "\ufeff"
REMEDY = "deliver the objects as the Stripe API returns them, expanded or not"


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for JSON that holds an invoice or a credit note."""
    return sample.container in {"json", "jsonl"} and MARK.search(sample.head) is not None


def reading(sample: Sample, feed: Feed) -> Reading:
    """The canonical reading: lines carry canonical columns as text."""
    names = dict.fromkeys((column.name for column in feed.columns), "")
    return canonical.reading(replace(sample, container="json", columns=names), feed)


def read_document(content: bytes) -> DocumentRows:
    """The lines of every invoice and credit note in the file, or what is wrong with one of them."""
    rows: list[dict[str, str]] = []
    try:
        for document in _documents(content.decode("utf-8")):
            rows += _lines(document)
    except (UnreadableError, UnicodeDecodeError, RecursionError) as error:
        return DocumentRows(tuple(rows), ("stripe_objects", str(error), REMEDY))
    return DocumentRows(tuple(rows))


def _documents(text: str) -> Iterator[Any]:
    try:
        whole = [json.loads(text.removeprefix(BYTE_ORDER_MARK))]
    except ValueError:
        whole = list(_json_lines(text.removeprefix(BYTE_ORDER_MARK)))
    for value in whole:
        yield from _unpacked(value)


def _json_lines(text: str) -> Iterator[object]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise UnreadableError(f"line {number} is no JSON: {error}") from error


def _unpacked(value: Any) -> Iterator[Any]:  # noqa: ANN401 - whatever the JSON holds
    if isinstance(value, dict) and value.get("object") == "list":
        value = value.get("data")
    if isinstance(value, list):
        yield from value
    else:
        yield value


def _lines(document: Any) -> list[dict[str, str]]:  # noqa: ANN401 - whatever the JSON holds
    found = document.get("object") if isinstance(document, dict) else document
    if not isinstance(found, str) or found not in ROWS:
        raise UnreadableError(f"{found!r:.40} is neither an invoice nor a credit note")
    name = f"{found} {document.get('id')!r:.40}"
    try:
        return [ROWS[found](document, line) for line in _all_lines(document["lines"])]
    except UnreadableError as error:
        raise UnreadableError(f"{name}: {error}") from error
    except KeyError as error:
        raise UnreadableError(f"{name}: {error} is missing") from error
    except (ArithmeticError, AttributeError, OSError, TypeError, ValueError) as error:
        raise UnreadableError(f"{name}: not as the API documents it ({error})") from error


def _all_lines(lines: Mapping[str, Any]) -> list[Any]:
    """The lines of a document; the API puts only the first of many into the object itself."""
    if lines.get("has_more"):
        raise UnreadableError("its lines go on: retrieve all of them and put them into lines.data")
    return list(lines["data"])


FORMAT = Format(
    name="stripe_invoices",
    feeds=("revenue",),
    marks="JSON objects, a list of them or JSON lines whose object is invoice or credit_note",
    recognise=recognise,
    reading=reading,
    read_document=read_document,
)
