"""`make bench-big`: one whole night over a hundred million requests, once."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.comparison import KEPT_BYTECODE, limits_for_all
from benchmarks.contenders import timed, whole_night
from benchmarks.generate import landing_of
from benchmarks.multiplied import multiplied
from benchmarks.report import HEADER, landing_line, stage_lines, timing_line
from benchmarks.run import CACHE, MILLION
from pipelines.console import Console
from pipelines.errors import RunFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.contenders import Timing
    from benchmarks.generate import Landing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the night; returns 0. Errors: RunFailedError when it fails or loses a request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=float, default=10, help="requests generated, millions")
    parser.add_argument("--times", type=int, default=10, help="how often each call is delivered")
    parser.add_argument("--folder", type=Path, default=CACHE, help="where files are kept")
    options = parser.parse_args(arguments)
    console = Console()
    folder = options.folder.absolute()
    landing = multiplied(landing_of(folder, round(options.millions * MILLION)), options.times)
    limits = limits_for_all()
    console.say(f"{landing_line(landing, limits)}\n\n{HEADER}")
    night = timed(whole_night, landing, folder / "home-big", limits | KEPT_BYTECODE)
    console.say(timing_line(1, night, landing))
    for line in stage_lines([night]):
        console.say(line)
    _demand_every_request(night, landing)
    return 0


def _demand_every_request(night: Timing, landing: Landing) -> None:
    found = sum(month.requests for month in night.result.values())
    if found != landing.requests:
        raise RunFailedError(
            "every request of the landing is counted once",
            f"{found:,} of {landing.requests:,}",
            "compare fct_inference_months with the raw table",
        )


if __name__ == "__main__":
    sys.exit(main())
