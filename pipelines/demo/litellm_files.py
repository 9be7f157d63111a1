"""The gateway's log files: one per day, and two deliveries that a loader must see through."""

from __future__ import annotations

import gzip
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from pipelines.demo.files import delivery
from pipelines.demo.litellm_payload import payloads
from pipelines.demo.pricing import with_prices
from pipelines.demo.repeats import with_repeats
from pipelines.demo.serving import with_serving
from pipelines.demo.tally import Tally
from pipelines.demo.traffic import draw_traffic

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipelines.demo.files import Report
    from pipelines.demo.outcomes import Outcomes
    from pipelines.demo.plan import Plan


FEED = "inference_logs"
COMPRESSION_LEVEL = 1
# Month and day of month of the two odd deliveries, and the size of the second.
REDELIVERED = (4, 17)
LATE = (5, 10)
REPEATED_ROWS, LATE_ROWS = 50, 8
DAYS_LATE = 2
# Calls and days that are shaped at once.
BATCH_CALLS, MOST_DAYS = 40_000, 31


@dataclass(frozen=True)
class OddDeliveries:
    """What was delivered twice or late.

    `identical_file` has the bytes of its day's file (`identical_rows` of them). `late_file` holds
    `repeated_rows` calls that its day's file held too, and `late_rows` that had been missing there.
    """

    identical_file: str
    identical_rows: int
    late_file: str
    repeated_rows: int
    late_rows: int


def write_logs(
    landing: Path, plan: Plan, outcomes: Outcomes, report: Report
) -> tuple[Tally, OddDeliveries]:
    """All log files, and what was counted while writing them; `outcomes` hears of every day."""
    tally = Tally.empty(plan)
    folder = landing / FEED
    repeated = 0
    with duckdb.connect(config={"threads": 1}) as connection:
        for days in _batches(plan):
            drawn = [day_of_calls(plan, day) for day in days]
            logged = payloads(connection, plan, pl.concat(drawn))
            for day, calls in zip(days, drawn, strict=True):
                tally.add(day, calls)
                of_day, logged = logged.head(calls.height), logged.slice(calls.height)
                outcomes.add(day, calls, of_day)
                repeated += _write_day(folder, plan, day, of_day)
            report("inference logs", days[-1] + 1, plan.period.days)
    return tally, _deliver_again(folder, plan, tally, repeated)


def day_of_calls(plan: Plan, day: int) -> pl.DataFrame:
    """One row per call of a day, with all that is known about it."""
    calls = with_repeats(plan, day, draw_traffic(plan, day))
    priced = with_prices(plan, day, with_serving(plan, day, calls))
    return priced.with_columns(pl.lit(day, pl.Int64).alias("day"))


def _batches(plan: Plan) -> list[range]:
    """Days that are shaped together: few steps for a small company, little memory for a large."""
    calls_per_day = plan.scale.requests / plan.period.days
    width = max(1, min(MOST_DAYS, int(BATCH_CALLS / calls_per_day)))
    days = range(plan.period.days)
    return [days[first : first + width] for first in range(0, len(days), width)]


def _odd_day(plan: Plan, month_and_day: tuple[int, int]) -> int:
    month, day = month_and_day
    return plan.period.day_of(plan.period.months[month].replace(day=day))


def _write_day(folder: Path, plan: Plan, day: int, logged: pl.DataFrame) -> int:
    """The day's file; on one day its last calls are missing, and come late beside some that came.

    Yields how many calls the late file repeats.
    """
    when = plan.period.date_of(day)
    if day != _odd_day(plan, LATE):
        _write(folder / f"litellm-{when}.jsonl.gz", logged, when)
        return 0
    delivered, missing = logged.head(-LATE_ROWS), logged.tail(LATE_ROWS)
    repeated = delivered.head(REPEATED_ROWS)
    _write(folder / f"litellm-{when}.jsonl.gz", delivered, when)
    late = pl.concat([repeated, missing])
    _write(folder / f"litellm-{when}-late.jsonl.gz", late, when, days_late=DAYS_LATE)
    return repeated.height


def _deliver_again(folder: Path, plan: Plan, tally: Tally, repeated: int) -> OddDeliveries:
    """One day's file once more, byte for byte, under another name."""
    day = _odd_day(plan, REDELIVERED)
    when = plan.period.date_of(day)
    again = folder / f"litellm-{when}-again.jsonl.gz"
    with delivery(again, covers=when, days_late=DAYS_LATE) as partial:
        shutil.copyfile(folder / f"litellm-{when}.jsonl.gz", partial)
    late_day = plan.period.date_of(_odd_day(plan, LATE))
    return OddDeliveries(
        identical_file=f"{FEED}/{again.name}",
        identical_rows=int(tally.calls_by_day[day]),
        late_file=f"{FEED}/litellm-{late_day}-late.jsonl.gz",
        repeated_rows=repeated,
        late_rows=LATE_ROWS,
    )


def _write(path: Path, logged: pl.DataFrame, when: date, *, days_late: int = 0) -> None:
    with delivery(path, covers=when, days_late=days_late) as partial:
        lines = logged.write_ndjson().encode("utf-8")
        partial.write_bytes(gzip.compress(lines, COMPRESSION_LEVEL, mtime=0))
