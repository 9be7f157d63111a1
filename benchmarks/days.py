"""`make bench-days`: what one more day costs after a month of history, and after a year of it."""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.bills import FEED as BILLS
from benchmarks.comparison import KEPT_BYTECODE, limits_for_all
from benchmarks.generate import Landing, landing_of
from benchmarks.logs import FEED as LOGS
from benchmarks.measure import Measurement, measured
from benchmarks.run import CACHE
from pipelines.console import Console

if TYPE_CHECKING:
    from collections.abc import Sequence

HISTORIES = (30, 365)
CALLS_PER_DAY = 20_000
BEGINS = "ChargePeriodStart"
HEADER = f"{'history':<10}{'what':<22}{'seconds':>9}{'cpu s':>8}{'peak MB':>9}"


@dataclass(frozen=True)
class History:
    """A home that has loaded so many days, and the landing that holds one more."""

    days: int
    landing: Landing
    delivered: Path
    home: Path

    @property
    def kept(self) -> Path:
        """The home as the first night left it."""
        return self.home.with_name(f"{self.home.name}-kept")

    @property
    def last_day(self) -> date:
        """The day that is delivered alone."""
        return self.landing.as_of - timedelta(days=1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; returns 0. Errors: RunFailedError when a night fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=CALLS_PER_DAY, help="calls a day")
    parser.add_argument("--days", type=int, nargs="+", default=HISTORIES, help="histories, in days")
    parser.add_argument("--repeats", type=int, default=3, help="rounds in which all take turns")
    parser.add_argument("--folder", type=Path, default=CACHE, help="where files are kept")
    options = parser.parse_args(arguments)
    console = Console()
    console.say(HEADER)
    histories = [
        _first_night(options.folder, days, options.calls, console) for days in options.days
    ]
    added: dict[int, list[Measurement]] = {}
    for _ in range(options.repeats):
        for history in histories:
            added.setdefault(history.days, []).append(_one_more_day(history, console))
            _nothing_new(history, console)
    for line in _ratios(added):
        console.say(line)
    return 0


def _first_night(folder: Path, days: int, calls: int, console: Console) -> History:
    landing = landing_of(folder, calls * (days + 1), days=days + 1)
    places = (folder / f"delivered-{days}", folder / f"home-{days}")
    history = History(days, landing, *places)
    for place in (*places, history.kept):
        shutil.rmtree(place, ignore_errors=True)
    _deliver(history, but=history.last_day)
    _night(history, "all of it, once", console, as_of=history.last_day)
    history.home.rename(history.kept)
    return history


def _one_more_day(history: History, console: Console) -> Measurement:
    shutil.rmtree(history.home, ignore_errors=True)
    shutil.copytree(history.kept, history.home)
    _deliver(history, but=history.last_day)
    _deliver(history)
    # what was copied is on the disk before the clock starts, or the larger home pays for its size
    os.sync()
    return _night(history, "one more day", console, as_of=history.landing.as_of)


def _nothing_new(history: History, console: Console) -> None:
    _night(history, "nothing new", console, as_of=history.landing.as_of)


def _night(history: History, what: str, console: Console, *, as_of: date) -> Measurement:
    unitecon = [str(Path(sys.executable).with_name("unitecon")), "run", "--home", str(history.home)]
    command = [*unitecon, "--landing", str(history.delivered), "--as-of", as_of.isoformat()]
    history.home.mkdir(exist_ok=True)
    log = history.home / "output.txt"
    took = measured(command, environment=limits_for_all() | KEPT_BYTECODE, log=log)
    console.say(
        f"{history.days:>4} days {what:<22}{took.seconds:>9.1f}{took.processor_seconds:>8.1f}"
        f"{took.peak_mb:>9,.0f}"
    )
    return took


def _deliver(history: History, but: date | None = None) -> None:
    """Every file of the landing; without the calls of a day, and with its charges taken out."""
    for path in sorted(history.landing.folder.rglob("*")):
        target = history.delivered / path.relative_to(history.landing.folder)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.unlink(missing_ok=True)
        is_of_day = but is not None and path.parent.name == LOGS and f"{but}" in path.name
        if but is not None and path.parent.name == BILLS and f"{but:%Y-%m}" in path.name:
            _write_bill_before(path, target, but)
        elif not is_of_day:
            os.link(path, target)


def _write_bill_before(path: Path, target: Path, day: date) -> None:
    """The bill as it was sent the day before: the vendor sends the month again every day."""
    with path.open(newline="", encoding="utf-8") as full, target.open("w", newline="") as cut:
        reader = csv.DictReader(full)
        writer = csv.DictWriter(cut, reader.fieldnames or [])
        writer.writeheader()
        writer.writerows(row for row in reader if not row[BEGINS].startswith(f"{day}"))
    sent = path.stat().st_mtime - timedelta(days=1).total_seconds()
    os.utime(target, (sent, sent))


def _ratios(added: dict[int, list[Measurement]]) -> list[str]:
    seconds = {days: median(took.seconds for took in taken) for days, taken in added.items()}
    processor = {
        days: median(took.processor_seconds for took in taken) for days, taken in added.items()
    }
    least = min(seconds)
    return [
        f"one more day at {days} days against {least}: {seconds[days] / seconds[least]:.2f} of the"
        f" seconds, {processor[days] / processor[least]:.2f} of the processor seconds (medians)"
        for days in added
        if days != least
    ]


if __name__ == "__main__":
    sys.exit(main())
