"""A landing and a warehouse of their own for one test of the loader."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.loading.forgetting import forget_files
from pipelines.loading.load import LoadSummary, load
from pipelines.sources.feeds import Feed, read_feeds

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[1]
FEEDS = read_feeds(REPOSITORY / "models" / "sources")
AS_OF = date(2026, 10, 31)
FIRST_DELIVERY = 1_790_000_000


@dataclass
class Loader:
    """Deliver files, load them, and ask where their rows went."""

    landing: Path
    connection: duckdb.DuckDBPyConnection
    clock: Iterator[int] = field(default_factory=lambda: count(FIRST_DELIVERY))
    runs: Iterator[int] = field(default_factory=lambda: count(1))

    def deliver(self, path: str, content: str | bytes) -> Path:
        """Put a file into the landing, each a second younger than the one before."""
        target = self.landing / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        moment = next(self.clock)
        os.utime(target, (moment, moment))
        return target

    def load(self, **options: Any) -> LoadSummary:  # noqa: ANN401 - passed on as they are
        """Load once; afterwards every file's rows must be accounted for."""
        summary = load(
            self.connection,
            landing=self.landing,
            feeds=FEEDS,
            run_id=f"run-{next(self.runs)}",
            as_of=AS_OF,
            **options,
        )
        assert self.unaccounted() == []
        return summary

    def load_anew(self) -> LoadSummary:
        """Forget everything, then load."""
        forget_files(self.connection, self.landing, FEEDS.values())
        return self.load()

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(query, list(values)).fetchall()

    def file(self, path: str) -> dict[str, Any]:
        """The newest ledger row of a path."""
        cursor = self.connection.execute(
            "select * from ops.load_files where path = ? order by file_id desc limit 1", [path]
        )
        names = [column[0] for column in cursor.description or []]
        return dict(zip(names, cursor.fetchall()[0], strict=True))

    def rows(self, feed: str) -> dict[str, dict[str, Any]]:
        """The rows of a feed by the first column of their key, each by column name."""
        cursor = self.connection.execute(f"select * from raw.{feed}")
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return {row[FEEDS[feed].key[0]]: row for row in rows}

    def words(self, feed: str) -> str:
        """Everything that was kept of a feed's files, wherever it went."""
        tables = (f"raw.{feed}", f"quarantine.{feed}_duplicates", "quarantine.rows")
        kept = [row for table in (*tables, "ops.load_files") for row in self.ask(f"from {table}")]
        return " ".join(str(value) for row in kept for value in row)

    def quarantined(self, path: str) -> list[tuple[Any, ...]]:
        """Line and rule of every quarantined row of a path."""
        return self.ask(
            "select line, rule from quarantine.rows where file_id in"
            " (select file_id from ops.load_files where path = ?) order by all",
            path,
        )

    def unaccounted(self) -> list[tuple[Any, ...]]:
        """Files whose counts do not add up, or differ from the rows that are really there."""
        return [row for feed in FEEDS.values() for row in self._unaccounted(feed)]

    def _unaccounted(self, feed: Feed) -> list[tuple[Any, ...]]:
        return self.ask(
            f"""
            with places as (
                select _file_id as file_id, 1 as loaded, 0 as duplicate, 0 as quarantined
                from raw.{feed.name}
                union all
                select _file_id, 0, 1, 0 from quarantine.{feed.name}_duplicates
                union all
                select file_id, 0, 0, 1 from quarantine.rows where feed = '{feed.name}'
            ),
            found as (
                select file_id, sum(loaded) as loaded, sum(duplicate) as duplicate,
                    sum(quarantined) as quarantined
                from places group by file_id
            )
            select path, files.* from ops.load_files as files left join found using (file_id)
            where feed = '{feed.name}' and (
                rows_read <> rows_loaded + rows_quarantined + rows_duplicate
                or rows_loaded <> coalesce(loaded, 0)
                or rows_quarantined <> coalesce(quarantined, 0)
                or (rows_duplicate <> coalesce(duplicate, 0) and status <> 'identical')
                or loaded_at is null
            )
            """
        )


def new_loader(folder: Path) -> Loader:
    """An empty landing below `folder`, and an empty warehouse in memory."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    landing = folder / "landing"
    landing.mkdir()
    return Loader(landing, connection)


def call(request_id: str = "r1", **changes: object) -> str:
    """One model call as a canonical JSON line; a change to None leaves the key out."""
    row: dict[str, object] = {
        "request_id": request_id,
        "started_at": "2026-10-05T10:00:00Z",
        "model": "own-model",
        "customer_id": "acme",
        "input_tokens": 100,
        "output_tokens": 10,
        "reported_cost": "0.25",
        "currency": "USD",
    }
    row.update(changes)
    return json.dumps({name: value for name, value in row.items() if value is not None}) + "\n"


def charge(description: str = "gpu", cost: str = "10.00", **changes: str) -> dict[str, str]:
    """One FOCUS charge by column name."""
    return {
        "BilledCost": cost,
        "EffectiveCost": cost,
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ChargeDescription": description,
        "BillingPeriodStart": "2026-10-01 00:00:00",
        "BillingPeriodEnd": "2026-11-01 00:00:00",
        "ChargePeriodStart": "2026-10-05 10:00:00",
        "ChargePeriodEnd": "2026-10-05 11:00:00",
        "BillingAccountId": "1",
        "InvoiceIssuerName": "Cloud",
        **changes,
    }


def csv_of(*rows: dict[str, str], delimiter: str = ",") -> str:
    """Rows with the same columns as CSV, without quotes."""
    lines = [delimiter.join(rows[0]), *(delimiter.join(row.values()) for row in rows)]
    return "\n".join(lines) + "\n"
