"""The small demo company before its calls: feeds that need none, written and asked alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.demo.period import months_until
from pipelines.demo.plan import Plan, plan_company
from pipelines.demo.scales import SCALES

if TYPE_CHECKING:
    from pathlib import Path

PLAN = plan_company(SCALES["small"], months_until(date(2026, 10, 31)), 7)


@dataclass(frozen=True)
class Files:
    """A landing without calls, and a way to ask its files."""

    landing: Path
    plan: Plan = PLAN

    def ask(self, feed: str, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query on one feed's file, which it calls `feed`."""
        table = f"read_csv('{self.landing / feed / feed}.csv')"
        return duckdb.execute(query.replace("feed", table)).fetchall()
