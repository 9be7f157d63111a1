"""Load and transform without gates, tests and publication: the night's own loader and models alone.

Started as a process of its own: `python benchmarks/transform.py HOME LANDING AS_OF`.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pipelines.commands import load_only
from pipelines.console import Console
from pipelines.dbt_stages import STAGE_SELECTIONS, DbtProject
from pipelines.settings import resolve_settings
from pipelines.warehouse import connect


def transform(project: DbtProject) -> dict[str, float]:
    """Build seeds, models and marts on a loaded warehouse; seconds of every one of them.

    Errors: RunFailedError when dbt could not build something.
    """
    seconds: dict[str, float] = {}
    last = time.monotonic()

    def finished(name: str, _done: int, _total: int) -> None:
        nonlocal last
        now = time.monotonic()
        seconds[name] = now - last
        last = now

    with connect(project.settings):
        project.parsed = replace(project.read(), tests=())
        for stage in STAGE_SELECTIONS:
            project.build(stage, finished)
    return seconds


if __name__ == "__main__":
    chosen = resolve_settings(home=sys.argv[1], landing=sys.argv[2], as_of=sys.argv[3])
    started = time.monotonic()
    # as in a night: dbt is imported and the project read while data load
    with ThreadPoolExecutor(1) as beside:
        project = DbtProject(chosen)
        beside.submit(project.read_ahead)
        load_only(chosen, Console())
        loaded = time.monotonic() - started
        seconds = transform(project)
    sys.stdout.write(json.dumps({"load": loaded, "models": seconds}) + "\n")
