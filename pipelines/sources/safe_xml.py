"""Parsing XML that comes from outside: no DTD, no entity, no network, no huge tree."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, cast

from lxml import etree

from pipelines.sources.en16931.model import Problem

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


class _StartReadError(Exception):
    """The start of the document is known; nothing after it is to be parsed."""


@dataclass(slots=True)
class DocumentStart:
    """What stands first in an XML document: the name in its DOCTYPE, or else its root element."""

    doctype_name: str | None = None
    root_tag: str | None = None

    def doctype(self, name: str | None, _public_id: str | None, _url: str | None) -> NoReturn:
        """Take the name in the DOCTYPE and stop before its declarations are parsed."""
        self.doctype_name = name or ""
        raise _StartReadError

    def start(self, tag: str, _attributes: dict[str, str]) -> NoReturn:
        """Take the name of the root element and stop."""
        self.root_tag = tag
        raise _StartReadError

    def close(self) -> None:
        """Hand nothing over: nothing was built."""


def read_start(head: bytes) -> DocumentStart:
    """Start of the XML document that begins with these bytes; empty if they are not XML.

    A byte order mark, the XML declaration, comments and processing instructions are passed over.
    """
    start = DocumentStart()
    parser = _parser(target=start)
    with suppress(_StartReadError, etree.XMLSyntaxError):
        parser.feed(head)
        parser.close()
    return start


def parse_safely(content: bytes) -> Element | Problem:
    """Root element of the document, without comments; or why it is refused.

    A document with a DOCTYPE is refused before its entities are looked at.
    """
    if read_start(content).doctype_name is not None:
        return Problem(
            "xml_doctype_refused",
            "before the root element",
            "the document has a DOCTYPE, which can name other files or grow without limit",
            "ask for the document without DOCTYPE: an e-invoice needs none",
        )
    try:
        return etree.fromstring(content, _parser())
    except etree.XMLSyntaxError as error:
        return Problem(
            "xml_malformed",
            f"line {error.lineno or 1}",
            " ".join((error.msg or "not XML").split()),
            "ask for the document again: it is damaged, or no XML",
        )


def _parser(target: DocumentStart | None = None) -> etree.XMLParser:
    return etree.XMLParser(
        # The stubs ask for methods that lxml itself does without.
        target=cast("etree.ParserTarget | None", target),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
