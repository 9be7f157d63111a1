"""A generated landing of any size, written once and kept for the next comparison."""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from benchmarks.bills import write_bills
from benchmarks.logs import FEED, write_logs
from benchmarks.small_feeds import write_small_feeds
from benchmarks.span import hours_of

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 7
DAYS = 14
MANIFEST = "manifest.json"
GZIP_SIZE_BYTES = 4
CODE_DIGITS = 8


@dataclass(frozen=True, kw_only=True)
class Landing:
    """A generated landing: distinct requests, the log lines that hold them, sizes in bytes."""

    folder: Path
    as_of: date
    requests: int
    lines: int
    files: int
    text_bytes: int
    stored_bytes: int


def landing_of(
    cache: Path,
    requests: int,
    *,
    seed: int = SEED,
    days: int = DAYS,
    heard: Callable[[int, int], None] = lambda _done, _total: None,
) -> Landing:
    """The landing of that size and seed, generated unless the cache holds it."""
    home = cache / f"requests-{requests}-days-{days}-seed-{seed}-{_code_version()}"
    if not (home / MANIFEST).is_file():
        shutil.rmtree(home, ignore_errors=True)
        _generate(home, requests, seed, days, heard)
    known = json.loads((home / MANIFEST).read_text("utf-8"))
    return Landing(
        **{**known, "folder": home / "landing", "as_of": date.fromisoformat(known["as_of"])}
    )


def _generate(
    home: Path, requests: int, seed: int, days: int, heard: Callable[[int, int], None]
) -> None:
    landing, hours = home / "landing", hours_of(requests, days)
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        lines = write_logs(connection, landing, hours, seed=seed, heard=heard)
        write_bills(connection, landing, hours)
        write_small_feeds(connection, landing, hours)
    logs = sorted((landing / FEED).iterdir())
    written = Landing(
        folder=landing,
        as_of=hours[-1].starts_at.date() + timedelta(days=1),
        requests=requests,
        lines=lines,
        files=sum(path.is_file() for path in landing.rglob("*")),
        text_bytes=sum(_size_of_content(path) for path in logs),
        stored_bytes=sum(path.stat().st_size for path in logs),
    )
    # the manifest comes last: without it the folder is only half a landing
    (home / MANIFEST).write_text(json.dumps(asdict(written), default=str, indent=2), "utf-8")


def _size_of_content(path: Path) -> int:
    """What a gzip file inflates to, as its last four bytes say."""
    with path.open("rb") as stream:
        stream.seek(-GZIP_SIZE_BYTES, 2)
        size: int = struct.unpack("<I", stream.read())[0]
    return size


def _code_version() -> str:
    """Changes with the code that generates, so that no stale landing is compared."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*")):
        if path.stem in {"bills", "calls", "company", "generate", "logs", "small_feeds", "span"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:CODE_DIGITS]
