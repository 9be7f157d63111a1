"""Putting files into the landing as a vendor's delivery would: whole, and dated."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

# Hears what is being written, how much of it is done, and of how much.
Report = Callable[[str, int, int], None]

DELIVERY_HOUR = 4
# A loader may leave files alone that are only seconds old, or that claim to come from the future.
SETTLED_SECONDS = 60


@contextmanager
def delivery(path: Path, *, covers: date, days_late: int = 0) -> Iterator[Path]:
    """A name to write to; the file appears under `path` only when it is complete.

    It is dated the morning after the last day it covers, and never within the last minute.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.part")
    yield partial
    morning = datetime(covers.year, covers.month, covers.day, DELIVERY_HOUR, tzinfo=UTC)
    delivered = (morning + timedelta(days=1 + days_late)).timestamp()
    settled = min(delivered, time.time() - SETTLED_SECONDS)
    os.utime(partial, (settled, settled))
    partial.replace(path)


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, covers: date
) -> None:
    """A CSV with a header and Unix line ends; None is an empty field."""
    with (
        delivery(path, covers=covers) as partial,
        partial.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def refuse_occupied(landing: Path) -> None:
    """Errors: UsageError when the landing holds any file: made-up rows never join real ones."""
    found = next((path for path in sorted(landing.rglob("*")) if path.is_file()), None)
    if found is not None:
        raise UsageError(
            "a demo company is written into an empty landing",
            str(found),
            "choose another folder, or delete this landing if nothing in it is needed",
        )
