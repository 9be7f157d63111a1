"""A generated landing several times over: many more calls in the same hours, and bills to match."""

from __future__ import annotations

import csv
import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from isal import igzip

from benchmarks.bills import FEED as BILLS
from benchmarks.logs import FEED as LOGS

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.generate import Landing

MULTIPLIED = ("BilledCost", "ConsumedQuantity", "ContractedCost", "EffectiveCost", "ListCost")
CALL_MARK = b'"chatcmpl-'
FASTEST = 1
WORKERS = 2


def multiplied(landing: Landing, times: int) -> Landing:
    """The landing with every call `times` times, each under an id of its own; kept like the first.

    What a pool hour costs and how busy it was grow alike, so shares stay as they were.
    """
    home = landing.folder.parent.with_name(f"{landing.folder.parent.name}-times-{times}")
    folder = home / "landing"
    if not folder.is_dir():
        draft = home / "landing.part"
        shutil.rmtree(home, ignore_errors=True)
        _write(landing, draft, times)
        draft.rename(folder)
    return replace(
        landing,
        folder=folder,
        requests=landing.requests * times,
        lines=landing.lines * times,
        files=sum(path.is_file() for path in folder.rglob("*")),
        text_bytes=landing.text_bytes * times,
        stored_bytes=sum(path.stat().st_size for path in (folder / LOGS).iterdir()),
    )


def _write(landing: Landing, target: Path, times: int) -> None:
    logs = []
    for path in sorted(landing.folder.rglob("*")):
        copy = target / path.relative_to(landing.folder)
        if path.is_dir():
            copy.mkdir(parents=True)
        elif path.parent.name == LOGS:
            logs.append(path)
        elif path.parent.name == BILLS:
            _multiply_bill(path, copy, times)
        else:
            shutil.copy2(path, copy)
    with ProcessPoolExecutor(WORKERS) as pool:
        list(pool.map(partial(_multiply_log, target / LOGS, times), logs))


def _multiply_log(folder: Path, times: int, path: Path) -> None:
    text = igzip.decompress(path.read_bytes())
    status = path.stat()
    for number in range(times):
        copy = folder / f"{number}-{path.name}"
        own = text.replace(CALL_MARK, CALL_MARK + str(number).encode())
        copy.write_bytes(igzip.compress(own, FASTEST))
        os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))


def _multiply_bill(path: Path, target: Path, times: int) -> None:
    with path.open(newline="", encoding="utf-8") as one, target.open("w", newline="") as many:
        reader = csv.DictReader(one)
        writer = csv.DictWriter(many, reader.fieldnames or [])
        writer.writeheader()
        for row in reader:
            grown = {name: _times(row[name], times) for name in MULTIPLIED}
            writer.writerow({**row, **grown})
    shutil.copystat(path, target)


def _times(number: str, times: int) -> str:
    return number if number in {"", "NULL"} else str(Decimal(number) * times)
