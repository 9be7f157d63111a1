"""The comparison: generate once, then let the contenders take turns on the same files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from benchmarks.contenders import CONTENDERS, Contender, Timing, timed
from benchmarks.generate import landing_of
from benchmarks.report import (
    FLOOR,
    HEADER,
    landing_line,
    ratio_lines,
    result_lines,
    stage_lines,
    timing_line,
)
from benchmarks.results import assert_same

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.generate import Landing
    from pipelines.console import Console

DEFAULT_LIMITS = {"UNITECON_MEMORY_LIMIT": "2GB", "UNITECON_THREADS": "2"}
# An installed program keeps its compiled modules; compiling dbt anew would be timed every time.
KEPT_BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
PROGRESS_DAYS = 5


def limits_for_all() -> dict[str, str]:
    """The memory limit and the threads that everything timed is given."""
    return {name: os.environ.get(name, usual) for name, usual in DEFAULT_LIMITS.items()}


def compare(
    cache: Path,
    *,
    requests: int,
    repeats: int,
    days: int,
    console: Console,
    contenders: Sequence[Contender] = CONTENDERS,
    against: str = FLOOR,
) -> list[Timing]:
    """All timings, in the order in which they ran; every result equals the first floor's.

    Errors: RunFailedError when a contender fails, or finds another result.
    """
    limits = limits_for_all()
    landing = _landing(cache, requests, days, console)
    console.say(f"{landing_line(landing, limits)}\n\n{HEADER}")
    environment = limits | KEPT_BYTECODE
    turns = [(number, each) for number in range(1, repeats + 1) for each in contenders]
    timings = _turns_taken(turns, landing, cache / "home", environment, console)
    for lines in (ratio_lines(timings, against), stage_lines(timings), result_lines(timings[0])):
        console.say()
        for line in lines:
            console.say(line)
    return timings


def _turns_taken(
    turns: Sequence[tuple[int, Contender]],
    landing: Landing,
    home: Path,
    environment: Mapping[str, str],
    console: Console,
) -> list[Timing]:
    """All contenders in every round, so that a slow minute of the machine falls on all of them."""
    timings: list[Timing] = []
    for number, contender in turns:
        timing = timed(contender, landing, home, environment)
        console.say(timing_line(number, timing, landing))
        timings.append(timing)
        assert_same(timing.result, timings[0].result)
    return timings


def _landing(cache: Path, requests: int, days: int, console: Console) -> Landing:
    def heard(done: int, total: int) -> None:
        if done % PROGRESS_DAYS == 0 or done == total:
            console.say(f"generated {done} of {total} days")

    return landing_of(cache, requests, days=days, heard=heard)
