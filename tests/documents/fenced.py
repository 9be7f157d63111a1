"""The code blocks of a page, as a reader would copy them."""

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sections(page: str) -> dict[str, str]:
    """The sections of a page of `docs` by their headings."""
    _, *parts = SECTION.split((DOCS / page).read_text("utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of one language in a text."""
    return [code for found, code in BLOCK.findall(text) if found == language]
