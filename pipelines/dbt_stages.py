"""Runs dbt inside this process, stage by stage, and says in plain words what broke."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.console import Report
from pipelines.data_tests import ask_tests
from pipelines.dbt_project import (
    ParsedProject,
    dbt_flags,
    import_dbt,
    is_parsed,
    parsed_project,
)
from pipelines.errors import RunFailedError
from pipelines.fault_points import reached
from pipelines.settings import Settings
from pipelines.warehouse import connect

if TYPE_CHECKING:
    from dbt.artifacts.schemas.run import RunResult
    from dbt_common.events.base_types import EventMsg

STAGE_SELECTIONS = {
    "staging": ("path:models/staging",),
    "facts": ("path:models/intermediate", "path:models/facts"),
    "marts": ("path:models/marts",),
}
# one call of dbt where two would each look at the whole project
WITH_SEEDS = (
    *("build", "--resource-type", "seed", "--resource-type", "model"),
    *("--select", "resource_type:seed"),
)
SEEDED = """
select table_name from duckdb_tables()
where database_name = current_database() and schema_name = 'seeds'
"""


@dataclass
class DbtProject:
    """The project as its stages are built; it is read once, however many of them are."""

    settings: Settings
    parsed: ParsedProject | None = None
    _one_reads: RLock = field(default_factory=RLock, repr=False)

    @property
    def target_dir(self) -> Path:
        """What dbt writes, and the queries of data tests that failed."""
        return self.settings.logs_dir / "dbt"

    def read_ahead(self) -> None:
        """Import dbt, read the project, make its first call: in a thread, for it takes seconds.

        A project that nobody parsed yet is left alone: dbt asks the build for that, in its own way.
        """
        import_dbt()
        if not is_parsed(self.settings):
            return
        with self._one_reads:
            # whoever has read it by now may be building: dbt does one thing at a time
            if self.parsed is None:
                self.read()
                # a first call takes half a second longer: what dbt prepares for it, it keeps
                self._invoke(["list", "--select", "resource_type:seed"])

    def read(self) -> ParsedProject:
        """The parsed project. Errors: RunFailedError when dbt cannot parse it."""
        with self._one_reads:
            if self.parsed is None:
                os.environ.update(self._environment())
                self.parsed = parsed_project(self.settings)
            return self.parsed

    def build(self, stage: str, report: Report, *, full_refresh: bool = False) -> int:
        """Build and test one stage's models; returns how many models and tests that were.

        Errors: GateStoppedError when a data test failed, RunFailedError when a model did.
        """
        os.environ.update(self._environment())
        # dbt closes the file after every node; held open here, it is not read anew each time
        with connect(self.settings) as connection:
            parsed = self.read()
            arguments = ["run", "--select", *STAGE_SELECTIONS[stage]]
            if stage == "facts" and (full_refresh or not _is_seeded(connection, parsed)):
                arguments = [*WITH_SEEDS, *STAGE_SELECTIONS[stage]]
            if full_refresh:
                arguments.append("--full-refresh")
            results: list[RunResult] = list(self._invoke(arguments, _progress(stage, report)))
            _raise_for_failures(results)
            tests = (test for test in parsed.tests if test.stage == stage)
            return len(results) + ask_tests(connection, tests, self.target_dir / "compiled")

    def _invoke(self, arguments: list[str], *callbacks: Callable[["EventMsg"], None]) -> Any:  # noqa: ANN401 - another type for each command
        # imported here: dbt takes seconds to import, and `unitecon status` does not need it
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - as the comment above

        runner = dbtRunner(manifest=self.read().manifest, callbacks=[*callbacks])
        flags = dbt_flags(self.settings, self.target_dir)
        outcome = runner.invoke([*arguments, "--no-write-json", *flags])
        if outcome.exception is not None:
            raise RunFailedError(
                "dbt could not run", " ".join(arguments), f"{outcome.exception}"
            ) from outcome.exception
        return outcome.result

    def _environment(self) -> dict[str, str]:
        return {
            "UNITECON_HOME": str(self.settings.home),
            # whatever the shell asks questions of, a run builds
            "UNITECON_DBT_TARGET": "duckdb",
            "UNITECON_MEMORY_LIMIT": self.settings.database_memory_limit,
            "UNITECON_THREADS": str(self.settings.threads),
            "DO_NOT_TRACK": "1",
        }


def _is_seeded(connection: duckdb.DuckDBPyConnection, parsed: ParsedProject) -> bool:
    """Seeds are part of the code: when one of them changes, everything is built anew.

    All of them are looked for: a run may have been killed between two.
    """
    return parsed.seeds <= {name for (name,) in connection.execute(SEEDED).fetchall()}


def _progress(stage: str, report: Report) -> Callable[["EventMsg"], None]:
    numbers = count(1)

    def tell(event: "EventMsg") -> None:
        if event.info.name == "NodeFinished":
            # in whatever thread built it: no two are given the same number
            number = next(numbers)
            reached(f"{stage}: node {number}")
            report(event.data.node_info.node_name, number, 0)

    return tell


def _raise_for_failures(results: Sequence["RunResult"]) -> None:
    broken = [result for result in results if result.status in ("error", "runtime error")]
    if broken:
        raise RunFailedError(
            f"{len(broken)} model(s) could not be built",
            ", ".join(result.node.name for result in broken),
            str(broken[0].message).strip(),
        )
