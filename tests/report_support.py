"""A small published file, and a browser that lets nothing out of the machine."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.settings import Settings

Rows = Sequence[Mapping[str, object]]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# nothing that a browser does by itself is to be taken for a request of the page
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def settings_in(folder: Path) -> Settings:
    """The settings of a home below `folder`."""
    return Settings(home=folder / "home", landing=folder / "landing", as_of=date(2026, 11, 1))


def publish_tables(settings: Settings, tables: Mapping[str, Rows]) -> None:
    """A published file with these tables, each described by its own name."""
    settings.published_file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.published_file)) as connection:
        for name, rows in tables.items():
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            lines = [", ".join(f"? as {column}" for column in row) for row in rows]
            values = [value for row in rows for value in row.values()]
            selects = " union all ".join(f"select {line}" for line in lines)
            connection.execute(f"create table {name} as {selects}", values)
            connection.execute(f"comment on table {name} is 'One row per case of {name}.'")


def margin_row(scope_kind: str, scope_id: str, margin_usd: float) -> dict[str, object]:
    """A row of inference_margin: a hundred of revenue, what is left of it, and its cost."""
    return {
        "usage_month": date(2026, 10, 1), "scope_kind": scope_kind, "scope_id": scope_id,
        "margin_share": margin_usd / 100, "goal": 0.5,
        "verdict": "pass" if margin_usd > 50 else "breach", "scale": "at_scale",
        "margin_usd": margin_usd, "revenue_usd": 100.0, "cost_usd": 100.0 - margin_usd,
        "billable_requests": 1000, "status": "ok", "reason": None,
        "revenue_per_inference_usd": 0.1, "cost_per_inference_usd": (100.0 - margin_usd) / 1000,
        "margin_per_inference_usd": margin_usd / 1000, "direct_usd": 1.0, "idle_usd": 1.0,
        "failed_usd": 0.0, "retried_usd": 0.0,
    }  # fmt: skip


def executable() -> str:
    """The browser that is installed here; skips where there is none."""
    chosen = os.environ.get("UNITECON_CHROMIUM")
    found = chosen or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on the PATH and none named by UNITECON_CHROMIUM")
    return found


@dataclass
class Visit:
    """A page as a browser sees it, what it complained of, and what it asked the network for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless browser."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = executable()
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET])
        yield browser
        browser.close()


@contextmanager
def visit(browser: Any, path: Path, **options: Any) -> Iterator[Visit]:  # noqa: ANN401  # playwright may be missing
    """A page opened from disk and drawn; whatever is not this file is noted and refused."""
    context = browser.new_context(**options)
    visited = Visit(context.new_page())
    visited.page.on("console", lambda message: visited.complaints.append(message.text))
    visited.page.on("pageerror", lambda error: visited.complaints.append(str(error)))

    def guard(route: Any) -> None:  # noqa: ANN401  # playwright may be missing
        url = route.request.url
        if url == path.as_uri():
            route.continue_()
        else:
            visited.requests.append(url)
            route.abort()

    context.route("**/*", guard)
    visited.page.goto(path.as_uri())
    wait_until_drawn(visited.page)
    yield visited
    context.close()


def wait_until_drawn(page: Any) -> None:  # noqa: ANN401  # playwright may be missing
    """Until every chart of a page stands."""
    page.wait_for_selector("html[data-drawn-in]", state="attached", timeout=30000)
