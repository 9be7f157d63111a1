"""A small pytest plugin: one night of the small demo company, for every test that only looks.

The night is run once, however many processes share the tests; each of them gets a copy of its own,
because one process at a time may open the build file.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from support import new_command

from pipelines.demo.company import write_company

if TYPE_CHECKING:
    from pathlib import Path

    from support import Command

    from pipelines.demo.summary import DemoSummary

AS_OF = "2026-11-01"


@dataclass(frozen=True)
class Night:
    """One run on the small demo company: the command, what it printed, what was planted."""

    command: Command
    printed: str
    truths: DemoSummary

    @property
    def published_file(self) -> Path:
        """What everybody but the run opens."""
        return self.command.home / "published" / "unit_economics.duckdb"

    @property
    def report(self) -> Path:
        """The folder of the report that the night built."""
        return self.command.home / "published" / "report"


def _run_night(folder: Path) -> Night:
    command = new_command(folder)
    command.landing.rmdir()
    truths = write_company(command.landing, size="small")
    run = command("run", "--as-of", AS_OF)
    assert run.returncode == 0, run.stdout + run.stderr
    return Night(command, run.stdout, truths)


def _shared_night(folder: Path) -> Night:
    record = folder / "night.pickle"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            night = _run_night(folder / "demo")
            record.write_bytes(pickle.dumps(night))
    night = pickle.loads(record.read_bytes())  # noqa: S301  # written by this very test run
    assert isinstance(night, Night)
    return night


@pytest.fixture(scope="session")
def demo_night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The night of this test run; to be looked at, not to be changed."""
    base = tmp_path_factory.getbasetemp()
    # under pytest-xdist each process has a folder of its own below the one they share
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    night = _shared_night(shared / "demo-night")
    home = base / "demo-night-home"
    shutil.copytree(night.command.home, home)
    return replace(night, command=replace(night.command, home=home))
