"""The report as the night builds it: in a process of its own, after the data is published.

What is published stays published whatever happens here: no error, no lack of memory and no crash of
the JavaScript engine reaches the night. Nor does the process outlive the night: a night that is
stopped ends it, and one that is killed is missed within a second.
"""

import os
import subprocess
import sys
import threading
import time

from pipelines.cli import main
from pipelines.console import Console, StageOutcome
from pipelines.settings import Settings

LONGEST_SECONDS = 300
LOOK_EVERY_SECONDS = 0.5


def report_apart(settings: Settings, console: Console, outcome: StageOutcome) -> list[str]:
    """Build the report and say how many pages it has; returns the warning where it failed."""
    problem = _build(settings)
    outcome.unit, outcome.remark = "pages", str(settings.report_dir / "index.html")
    if not problem:
        outcome.count = len(list(settings.report_dir.glob("*.html")))
        return []
    outcome.remark = "not built"
    warning = f"{problem}: the report is not of this night, the data is; remedy: unitecon report"
    console.complain(f"warning: {warning}")
    return [warning]


def _command(settings: Settings) -> list[str]:
    arguments = ["report", "--home", str(settings.home)]
    return [sys.executable, "-m", "pipelines.report.apart", str(os.getpid()), *arguments]


def _build(settings: Settings) -> str:
    try:
        built = subprocess.run(  # noqa: S603  # our own command
            _command(settings), capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if built.returncode == 0:
        return ""
    said = built.stderr.strip().splitlines()
    return said[-1] if said else f"exit code {built.returncode}"


def end_with(night: int) -> None:
    """End this process when the one that waits for it is gone; an orphan has another parent."""
    while os.getppid() == night:
        time.sleep(LOOK_EVERY_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with, args=(int(sys.argv[1]),), daemon=True).start()
    sys.exit(main(sys.argv[2:]))
