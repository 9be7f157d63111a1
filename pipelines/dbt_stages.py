"""Runs dbt inside this process, stage by stage, and says in plain words what broke."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.console import Report
from pipelines.errors import GateStoppedError, RunFailedError
from pipelines.fault_points import reached
from pipelines.settings import Settings
from pipelines.warehouse import connect

if TYPE_CHECKING:
    from dbt.artifacts.schemas.run import RunResult
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg

STAGE_SELECTIONS = {
    "staging": ("path:models/staging",),
    "facts": ("resource_type:seed", "path:models/intermediate", "path:models/facts"),
    "marts": ("path:models/marts",),
}
# tests of how the SQL is written, not of what the night brought: `dbt build` runs them
TESTS_OF_THE_SQL = (
    "resource_type:test,path:models/staging",
    "resource_type:test,path:models/intermediate",
)


@dataclass
class DbtProject:
    """The parsed project; parsing happens once, however many stages are built."""

    settings: Settings
    manifest: "Manifest | None" = field(default=None, init=False)

    @property
    def target_dir(self) -> Path:
        """Compiled models, the manifest and the run results."""
        return self.settings.logs_dir / "dbt"

    def build(self, stage: str, report: Report, *, full_refresh: bool = False) -> int:
        """Build and test one stage's models; returns how many nodes were finished.

        Errors: GateStoppedError when a data test failed, RunFailedError when a model did.
        """
        arguments = ["build", "--select", *STAGE_SELECTIONS[stage]]
        # buildable: a test waits for the stage that builds the last of its models
        arguments += ["--exclude-resource-type", "unit_test", "--indirect-selection", "buildable"]
        arguments += ["--exclude", *TESTS_OF_THE_SQL]
        if full_refresh:
            arguments.append("--full-refresh")
        return self._invoke(stage, arguments, report)

    def _invoke(self, stage: str, arguments: list[str], report: Report) -> int:
        # imported here: dbt takes seconds to import, and `unitecon status` does not need it
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - as the comment above

        os.environ.update(self._environment())
        runner = dbtRunner(manifest=self._parsed(), callbacks=[_progress(stage, report)])
        # dbt closes the file after every node; held open here, it is not read anew each time
        with connect(self.settings):
            outcome = runner.invoke([*arguments, *self._flags()])
        if outcome.exception is not None:
            raise RunFailedError(
                "dbt could not run", " ".join(arguments), f"{outcome.exception}"
            ) from outcome.exception
        results = list(outcome.result)  # type: ignore[arg-type]  # dbt types it as a union
        _raise_for_failures(results, self.target_dir)
        return len(results)

    def _parsed(self) -> "Manifest":
        if self.manifest is None:
            from dbt.cli.main import dbtRunner  # noqa: PLC0415 - takes seconds

            outcome = dbtRunner().invoke(["parse", *self._flags()])
            if not outcome.success:
                raise RunFailedError(
                    "the dbt project does not parse",
                    str(self.settings.project_dir),
                    f"mend the model named here: {outcome.exception}",
                )
            self.manifest = outcome.result  # type: ignore[assignment]  # parse returns the manifest
        return self.manifest  # type: ignore[return-value]  # set just above

    def _flags(self) -> list[str]:
        project = str(self.settings.project_dir)
        places = ["--project-dir", project, "--profiles-dir", project]
        logs = ["--target-path", str(self.target_dir), "--log-path", str(self.settings.logs_dir)]
        return [*places, *logs, "--quiet", "--no-use-colors", "--log-level-file", "info"]

    def _environment(self) -> dict[str, str]:
        return {
            "UNITECON_HOME": str(self.settings.home),
            "UNITECON_MEMORY_LIMIT": self.settings.memory_limit,
            "UNITECON_THREADS": str(self.settings.threads),
            "DO_NOT_TRACK": "1",
        }


def _progress(stage: str, report: Report) -> Callable[["EventMsg"], None]:
    finished = 0

    def count(event: "EventMsg") -> None:
        nonlocal finished
        if event.info.name == "NodeFinished":
            finished += 1
            reached(f"{stage}: node {finished}")
            report(event.data.node_info.node_name, finished, 0)

    return count


def _raise_for_failures(results: Sequence["RunResult"], target_dir: Path) -> None:
    broken = [result for result in results if result.status in ("error", "runtime error")]
    failed = [result for result in results if result.status == "fail"]
    if broken:
        raise RunFailedError(
            f"{len(broken)} model(s) could not be built",
            ", ".join(result.node.name for result in broken),
            str(broken[0].message).strip(),
        )
    if failed:
        raise GateStoppedError(
            f"{len(failed)} data test(s) failed",
            "; ".join(f"{result.node.name}: {result.message}" for result in failed),
            f"run the compiled query to see the rows: {target_dir / 'compiled'}"
            f"/**/{failed[0].node.name}.sql",
        )
