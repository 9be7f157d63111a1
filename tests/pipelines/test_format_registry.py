"""A format is one module: put into the package, it is found, read and documented."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from loading_support import FEEDS, REPOSITORY, Loader, new_loader

import pipelines.sources
from pipelines.sources.document import inputs_page
from pipelines.sources.registry import all_formats

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLE = re.compile(r"## Add a format\n.*?```python\n(.*?)```", re.DOTALL)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that belongs to the package of formats for the length of a test."""
    monkeypatch.setattr(pipelines.sources, "__path__", [*pipelines.sources.__path__, str(tmp_path)])
    all_formats.cache_clear()
    yield tmp_path
    all_formats.cache_clear()


def test_the_guides_example_is_all_it_takes(registry: Path) -> None:
    found = EXAMPLE.search((REPOSITORY / "CONTRIBUTING.md").read_text("utf-8"))
    assert found
    assert len(found[1].strip().splitlines()) <= 12
    (registry / "acme_calls.py").write_text(found[1], "utf-8")
    loader: Loader = new_loader(registry)
    loader.deliver("inference_logs/a.csv", "call,moment,engine\nr1,2026-10-01 10:00:00,m\n")
    loader.load()
    assert loader.file("inference_logs/a.csv")["format"] == "acme_calls"
    rows = loader.ask("select request_id, started_at::varchar, model from raw.inference_logs")
    assert rows == [("r1", "2026-10-01 10:00:00", "m")]
    assert "acme_calls" in inputs_page(FEEDS)
