"""The dbt project as dbt parses it, and its data tests as dbt compiles them, kept between runs.

Both depend on the code alone, and dbt takes ten seconds for them. They are kept in the project's
`target` folder for whoever runs this state of the code next, in whatever home.
"""

import importlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import RunFailedError
from pipelines.fingerprint import digest_of
from pipelines.settings import Settings

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

FOLDERS = ("models", "seeds", "macros", "tests/data")
FILES = ("dbt_project.yml", "vars.yml", "profiles.yml")
PARSED, TESTS, DESCRIBED = "partial_parse.msgpack", "data_tests.json", "manifest.json"
PLAIN_TEST = {"severity": "ERROR", "fail_calc": "count(*)", "error_if": "!= 0", "limit": None}
# a test waits for the last of these to be built that one of its models belongs to
STAGE_OF_FOLDER = {
    "staging": "staging",
    "intermediate": "facts",
    "facts": "facts",
    "marts": "marts",
}
# tests of how the SQL is written, not of what the night brought: `dbt build` runs them
TESTED_BY_DBT_ALONE = ("models/staging", "models/intermediate")


@dataclass(frozen=True)
class DataTest:
    """One data test: a query for the rows that break it, and the stage after which it is asked."""

    name: str
    stage: str
    sql: str


@dataclass(frozen=True)
class ParsedProject:
    """What the stages of a run share."""

    manifest: "Manifest"
    tests: tuple[DataTest, ...]

    @property
    def seeds(self) -> frozenset[str]:
        """The names of the seeds."""
        nodes = self.manifest.nodes.values()
        return frozenset(node.name for node in nodes if str(node.resource_type) == "seed")


def parsed_project(settings: Settings) -> ParsedProject:
    """The project of this state of the code; parsed and compiled now if nobody did so before.

    Also leaves dbt's `manifest.json` in the home's `logs/dbt`. Errors: RunFailedError when dbt
    cannot parse or compile it.
    """
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415 - dbt takes seconds
    from dbt.parser.manifest import extended_mashumuro_decoder  # noqa: PLC0415 - as above

    folder = _folder(settings)
    if not folder.is_dir():
        _parse_into(folder, settings)
    described = settings.logs_dir / "dbt" / DESCRIBED
    described.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / DESCRIBED, described)
    manifest = Manifest.from_msgpack(
        (folder / PARSED).read_bytes(), decoder=extended_mashumuro_decoder
    )
    tests = json.loads((folder / TESTS).read_text("utf-8"))
    return ParsedProject(manifest, tuple(DataTest(**test) for test in tests))


def is_parsed(settings: Settings) -> bool:
    """Whether somebody parsed this state of the code before."""
    return _folder(settings).is_dir()


def import_dbt() -> None:
    """Import dbt, which takes seconds: call it in a thread while data load."""
    for module in ("dbt.cli.main", "dbt.parser.manifest", "dbt.adapters.duckdb"):
        importlib.import_module(module)


def dbt_flags(settings: Settings, target: Path) -> list[str]:
    """The options that every call of dbt is given: where things are, and to be quiet."""
    project = str(settings.project_dir)
    places = ["--project-dir", project, "--profiles-dir", project]
    logs = ["--target-path", str(target), "--log-path", str(settings.logs_dir)]
    return [*places, *logs, "--log-level", "none", "--no-use-colors", "--log-level-file", "info"]


def _folder(settings: Settings) -> Path:
    return _kept_in(settings) / f"parsed-{_state_of_code(settings.project_dir)}"


def _kept_in(settings: Settings) -> Path:
    project = settings.project_dir
    return project / "target" if os.access(project, os.W_OK) else settings.logs_dir / "dbt"


def _state_of_code(project: Path) -> str:
    read_by = f"{version('dbt-core')} {version('dbt-duckdb')} {project}"
    files = [project / name for name in FILES]
    for folder in FOLDERS:
        files += sorted(path for path in (project / folder).rglob("*") if path.is_file())
    return digest_of(project, files, beginning=read_by)[:16]


def _parse_into(folder: Path, settings: Settings) -> None:
    """Written beside, then renamed: two runs of two homes may do this at the same moment."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    outdated = [path for path in folder.parent.glob("parsed-*") if path.is_dir()]
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".parsing-") as name:
        draft = Path(name) / "parsed"
        _parse(draft, settings)
        try:
            draft.rename(folder)
        except OSError:
            # the other run was first; what it wrote is the same
            if not folder.is_dir():
                raise
    for path in outdated:
        if path != folder:
            shutil.rmtree(path, ignore_errors=True)


def _parse(draft: Path, settings: Settings) -> None:
    flags = dbt_flags(settings, draft)
    manifest = _invoked(["parse", "--no-partial-parse", *flags], settings)
    selection = ["--select", "resource_type:test", "--no-write-json"]
    _invoked(["compile", *selection, *flags], settings, manifest)
    tests = [asdict(test) for test in _data_tests(manifest)]
    (draft / TESTS).write_text(json.dumps(tests, indent=1), "utf-8")


def _invoked(arguments: list[str], settings: Settings, manifest: Any = None) -> Any:  # noqa: ANN401 - dbt's types come with its import
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - dbt takes seconds

    outcome = dbtRunner(manifest=manifest).invoke(arguments)
    if not outcome.success:
        raise RunFailedError(
            f"dbt could not {arguments[0]} the project",
            str(settings.project_dir),
            f"mend the file named here: {outcome.exception or outcome.result}",
        )
    return outcome.result


def _data_tests(manifest: "Manifest") -> list[DataTest]:
    nodes = [node for node in manifest.nodes.values() if str(node.resource_type) == "test"]
    asked = [node for node in nodes if not node.original_file_path.startswith(TESTED_BY_DBT_ALONE)]
    return [_data_test(node, manifest) for node in sorted(asked, key=lambda node: node.name)]


def _data_test(node: Any, manifest: "Manifest") -> DataTest:  # noqa: ANN401 - dbt's types come with its import
    config = {name: getattr(node.config, name) for name in PLAIN_TEST}
    if {**config, "severity": str(config["severity"]).upper()} != PLAIN_TEST:
        raise RunFailedError(
            "a data test counts rows and fails on any",
            f"{node.original_file_path}: {node.name} has {config}",
            f"leave these settings as they are by default: {PLAIN_TEST}",
        )
    stages = list(dict.fromkeys(STAGE_OF_FOLDER.values()))
    built = [
        STAGE_OF_FOLDER[parent.path.split("/")[0]]
        for parent in (
            manifest.nodes[name] for name in node.depends_on.nodes if name in manifest.nodes
        )
        if str(parent.resource_type) == "model"
    ]
    stage = max(built, key=stages.index, default="facts")
    return DataTest(node.name, stage, node.compiled_code or "")
