"""`make docs` writes one page that needs no network and holds every mart as described."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from demo_night import Night
from report_support import chromium

from pipelines.quality.published_marts import PUBLISHED_MARTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# compiles the whole project, and needs a browser
pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
PARTS = ("One row per", "Question:", "Formula:", "Null:", "Units:", "Source:")


@pytest.fixture(scope="module")
def page(demo_night: Night) -> Path:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    home = demo_night.command.home
    # the packages this test runs with, whatever the state of .venv
    arguments = ["docs", "--old-file=setup", f"BIN={Path(sys.executable).parent}"]
    done = subprocess.run(
        [make, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "UNITECON_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return home / "published" / "docs" / "index.html"


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as started:
        yield started


def test_every_mart_has_its_page_without_a_request(browser: "Browser", page: Path) -> None:
    tab, asked = browser.new_page(), []
    tab.on("request", lambda request: asked.append(request.url))
    for mart in PUBLISHED_MARTS:
        tab.goto(f"{page.as_uri()}#!/model/model.unit_economics.{mart.name}")
        tab.wait_for_selector(f"h1:has-text('{mart.name}')")
        shown = tab.inner_text("body")
        assert [part for part in PARTS if part not in shown] == [], mart.name
        assert "VARCHAR" in shown, mart.name
    # dbt's template asks for icons beside the page before it is filled in; nothing leaves the disk
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
