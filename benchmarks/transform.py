"""Load and transform without gates, tests and publication: what `unitecon load` and dbt do alone.

Started as a process of its own: `python benchmarks/transform.py HOME LANDING AS_OF`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING

from pipelines.commands import load_only
from pipelines.console import Console
from pipelines.errors import RunFailedError
from pipelines.settings import resolve_settings
from pipelines.warehouse import connect

if TYPE_CHECKING:
    from pathlib import Path

    from dbt.artifacts.schemas.run import RunExecutionResult

    from pipelines.settings import Settings

CHECKS = ("test", "unit_test")


def transform(settings: Settings) -> dict[str, float]:
    """Build seeds, models and marts on a loaded warehouse; seconds of every one of them.

    Errors: RunFailedError when dbt could not build something.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415  # takes seconds, and so belongs to the measured time

    os.environ["UNITECON_HOME"] = str(settings.home)
    with connect(settings):
        outcome = dbtRunner().invoke(["build", *_excluded(), *_places(settings)])
    if not outcome.success:
        raise RunFailedError(
            "dbt builds every model", str(settings.home), f"see {settings.logs_dir / 'dbt.log'}"
        ) from outcome.exception
    built: RunExecutionResult = outcome.result  # type: ignore[assignment]  # dbt types it as a union
    return {result.node.name: result.execution_time for result in built.results}


def _excluded() -> list[str]:
    return [word for kind in CHECKS for word in ("--exclude-resource-type", kind)]


def _places(settings: Settings) -> list[str]:
    project: Path = settings.project_dir
    target, logs = settings.logs_dir / "dbt", settings.logs_dir
    places = ["--project-dir", str(project), "--profiles-dir", str(project)]
    return [*places, "--target-path", str(target), "--log-path", str(logs), "--quiet"]


if __name__ == "__main__":
    chosen = resolve_settings(home=sys.argv[1], landing=sys.argv[2], as_of=sys.argv[3])
    started = time.monotonic()
    load_only(chosen, Console())
    loaded = time.monotonic() - started
    seconds = transform(chosen)
    sys.stdout.write(json.dumps({"load": loaded, "models": seconds}) + "\n")
