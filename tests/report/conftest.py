"""One browser for all pages that a test opens."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from report_support import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A headless browser; skips where none is installed."""
    with chromium() as started:
        yield started
