"""`make bench`: the product beside a hand-written DuckDB script, on the same generated files.

`make bench-alternatives`: beside scripts in pandas, Polars and PySpark as well.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.alternatives.contenders import HEAP, participants
from benchmarks.comparison import compare
from benchmarks.contenders import CONTENDERS, WHOLE_NIGHT, Contender
from benchmarks.generate import DAYS
from benchmarks.report import FLOOR
from pipelines.console import Console
from pipelines.errors import UniteconError

MILLION = 1_000_000
CACHE = Path(__file__).parent / ".cache"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one comparison; returns 0, or the exit code of what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=float, default=1, help="requests, in millions")
    parser.add_argument("--repeats", type=int, default=3, help="rounds in which all take turns")
    parser.add_argument("--days", type=int, default=DAYS, help="days they are spread over")
    parser.add_argument("--folder", type=Path, default=CACHE, help="where files are kept")
    parser.add_argument("--alternatives", action="store_true", help="beside other tools' scripts")
    options = parser.parse_args(arguments)
    console = Console()
    contenders, against = _alternatives(console) if options.alternatives else (CONTENDERS, FLOOR)
    try:
        compare(
            options.folder.absolute(),
            requests=round(options.millions * MILLION),
            repeats=options.repeats,
            days=options.days,
            console=console,
            contenders=contenders,
            against=against,
        )
    except UniteconError as error:
        console.complain(f"error: {error}")
        return error.exit_code
    return 0


def _alternatives(console: Console) -> tuple[Sequence[Contender], str]:
    contenders, left_out = participants()
    for reason in left_out:
        console.say(reason)
    console.say(
        f"only DuckDB keeps to the memory limit: scripts have none, PySpark a heap of {HEAP}"
    )
    return contenders, WHOLE_NIGHT


if __name__ == "__main__":
    sys.exit(main())
