"""One night on the small demo company, for all tests that only look at what it left."""

from dataclasses import dataclass
from pathlib import Path

from support import Command, new_command

from pipelines.demo.company import write_company
from pipelines.demo.summary import DemoSummary


@dataclass(frozen=True)
class Night:
    """One run on the small demo company: the command, what it printed, what was planted."""

    command: Command
    printed: str
    truths: DemoSummary

    @property
    def report(self) -> Path:
        """The folder of the report that the night built."""
        return self.command.home / "published" / "report"


def run_demo_night(folder: Path) -> Night:
    """Write the company's files below the folder and run the nightly job on them."""
    command = new_command(folder)
    command.landing.rmdir()
    truths = write_company(command.landing, size="small")
    run = command("run", "--as-of", "2026-11-01")
    assert run.returncode == 0, run.stdout + run.stderr
    return Night(command, run.stdout, truths)
