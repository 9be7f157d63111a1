"""A gate that says no keeps the old file, unless it is overruled, and then the file says so."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from rich.console import Console as RichConsole

from pipelines import gating as gating_module
from pipelines.console import Console, StageOutcome
from pipelines.dbt_stages import DbtProject
from pipelines.errors import GateStoppedError
from pipelines.gating import gating
from pipelines.journal import Journal
from pipelines.loading.listing import list_landing
from pipelines.night import Night
from pipelines.publishing.draft import HeadStart
from pipelines.quality.gates import CheckResult, GateResult
from pipelines.run_log import begin_run, end_run
from pipelines.settings import Settings
from pipelines.warehouse import connect

if TYPE_CHECKING:
    from pathlib import Path

FAILED = CheckResult(
    name="few_rows_are_quarantined", description="few rows", schema="ops", table="load_files",
    column=None, severity="critical", status="failed", expected_value="none",
    failing_rows_query="select 1", message="found 1 violation; deliver again",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _a_gate_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    result = GateResult("raw", (FAILED,))
    monkeypatch.setattr(gating_module, "run_gate", lambda *_, **__: result)


def night(home: Path, *, publish_anyway: bool) -> Night:
    settings = Settings(
        home=home, landing=home, as_of=date(2026, 1, 1), publish_anyway=publish_anyway
    )
    with connect(settings) as connection:
        run_id = begin_run(connection, as_of=settings.as_of, project_fingerprint="f")
    silent = RichConsole(file=io.StringIO())
    return Night(
        settings=settings,
        console=Console(out=silent, err=silent),
        run_id=run_id,
        rebuild_all=False,
        is_new_month=False,
        feeds={},
        dbt=DbtProject(settings),
        journal=Journal(settings.logs_dir, run_id),
        listing=list_landing(home, {}),
        head_start=HeadStart(settings.published_file),
    )


def test_a_failed_gate_stops_and_says_on_one_screen_why_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(GateStoppedError) as error:
        gating("raw")(night(tmp_path, publish_anyway=False), StageOutcome(), lambda *_: None)
    words = str(error.value)
    for word in ("yesterday's file", FAILED.name, "deliver again", "index.html", "publish-anyway"):
        assert word in words
    assert len(words.splitlines()) < 25
    assert error.value.exit_code == 4


def test_an_overruled_gate_is_recorded_in_the_run(tmp_path: Path) -> None:
    tonight = night(tmp_path, publish_anyway=True)
    outcome = StageOutcome()
    gating("raw")(tonight, outcome, lambda *_: None)
    assert "passed over" in outcome.remark
    assert FAILED.name in tonight.warnings[0]
    with connect(tonight.settings) as connection:
        # signing off does not erase it
        end_run(connection, tonight.run_id, status="published", exit_code=0, message="")
        rows = connection.execute("select overridden_checks from ops.runs").fetchall()
    assert rows == [("raw: few_rows_are_quarantined",)]
    [path] = tonight.settings.logs_dir.glob("*.jsonl")
    [line] = [json.loads(line) for line in path.read_text().splitlines()]
    assert (line["run_id"], line["event"], line["check"]) == (
        tonight.run_id,
        "warning",
        FAILED.name,
    )
