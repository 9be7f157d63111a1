"""The report as the night builds it: in a process of its own, after the data is published.

What is published stays published whatever happens here: no error, no lack of memory and no crash of
the JavaScript engine reaches the night.
"""

import subprocess
import sys

from pipelines.console import Console, StageOutcome
from pipelines.settings import Settings

LONGEST_SECONDS = 300


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


def _build(settings: Settings) -> str:
    command = [sys.executable, "-m", "pipelines.cli", "report", "--home", str(settings.home)]
    try:
        built = subprocess.run(  # noqa: S603  # our own command
            command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if built.returncode == 0:
        return ""
    said = built.stderr.strip().splitlines()
    return said[-1] if said else f"exit code {built.returncode}"
