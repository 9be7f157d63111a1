"""The command under test, as a real process with a home of its own."""

import csv
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb


@dataclass(frozen=True)
class Command:
    """The command `unitecon` in a home of its own, as a real process."""

    home: Path
    landing: Path

    @property
    def environment(self) -> dict[str, str]:
        """Where its files are; what a test writes is complete the moment it is written."""
        return {"UNITECON_LANDING": str(self.landing), "UNITECON_MIN_FILE_AGE_SECONDS": "0"}

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it; nothing is raised for an exit code."""
        return subprocess.run(
            [sys.executable, "-m", "pipelines", *arguments, "--home", str(self.home)],
            cwd=self.home.parent,
            env={**os.environ, **self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def deliver(self, path: str, content: str | bytes) -> Path:
        """Put a file into the landing."""
        target = self.landing / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def published(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the published file, with plain DuckDB."""
        file = self.home / "published" / "unit_economics.duckdb"
        with duckdb.connect(str(file), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def warehouse(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the build file, with plain DuckDB."""
        file = self.home / "build" / "warehouse.duckdb"
        with duckdb.connect(str(file), read_only=True) as connection:
            return connection.execute(query).fetchall()


def new_command(folder: Path) -> Command:
    """The command in an empty home below `folder`."""
    command = Command(home=folder / "home", landing=folder / "landing")
    command.landing.mkdir(parents=True)
    return command


def table(rows: list[dict[str, object]]) -> str:
    """Rows as the text of a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
