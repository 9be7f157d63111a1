"""The nightly job: load, gate, staging, gate, facts, gate, marts, gate, publish, in that order."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb

from pipelines.console import Console, Report, StageOutcome
from pipelines.dbt_stages import DbtProject
from pipelines.errors import GateStoppedError, UniteconError
from pipelines.fingerprint import project_fingerprint
from pipelines.loading.forgetting import forget_files
from pipelines.loading.load import LoadSummary, load
from pipelines.loading.messages import file_sentence, files_line
from pipelines.locking import only_run
from pipelines.publishing.publish import publish
from pipelines.quality.gates import CheckResult, GateResult, run_gate, warm_up
from pipelines.run_log import begin_run, end_run, last_published_fingerprint, record_stage
from pipelines.settings import Settings
from pipelines.sources.feeds import Feed, read_feeds
from pipelines.warehouse import connect

STRICT_WARNINGS = 5
BUILT_SCHEMAS = {"staging": "raw", "facts": "facts", "marts": "marts"}


@dataclass
class Night:
    """One run at work: its settings, its id, and what the stages have found so far."""

    settings: Settings
    console: Console
    run_id: str
    rebuild_all: bool
    feeds: dict[str, Feed]
    dbt: DbtProject
    warnings: list[str] = field(default_factory=list)
    unchanged: bool = False


Stage = Callable[[Night, StageOutcome, Report], None]


def run_nightly(settings: Settings, console: Console) -> int:
    """Run every stage and publish; returns the exit code.

    Errors: AnotherRunError when a run is at work; RunFailedError or GateStoppedError, after the run
    was recorded, when a stage ended it. The published file changes in the last stage only.
    """
    with only_run(settings.warehouse.parent):
        threading.Thread(target=warm_up, daemon=True).start()
        night = _begin(settings, console)
        console.say(f"run {night.run_id}   landing {settings.landing}")
        try:
            _run_stages(night)
        except UniteconError as error:
            status = "gate_stopped" if isinstance(error, GateStoppedError) else "failed"
            _sign_off(night, status, error.exit_code, str(error))
            raise
        except BaseException as error:
            _sign_off(night, "failed", 1, f"{type(error).__name__}: {error}")
            raise
        return _finish(night)


def _begin(settings: Settings, console: Console) -> Night:
    fingerprint = project_fingerprint(settings)
    with connect(settings) as connection:
        run_id = begin_run(connection, as_of=settings.as_of, project_fingerprint=fingerprint)
        is_new_project = last_published_fingerprint(connection) != fingerprint
    return Night(
        settings=settings,
        console=console,
        run_id=run_id,
        rebuild_all=settings.full_refresh or is_new_project,
        feeds=read_feeds(settings.sources_dir),
        dbt=DbtProject(settings),
    )


def _run_stages(night: Night) -> None:
    stages: list[tuple[str, Stage]] = [("load", _load)]
    for built, gate in (
        ("", "raw"),
        ("staging", "staging"),
        ("facts", "facts"),
        ("marts", "marts"),
    ):
        if built:
            stages.append((built, _building(built)))
        stages.append((f"gate {gate}", _gating(gate)))
    stages.append(("publish", _publish))
    for name, stage in stages:
        with night.console.stage(name) as (outcome, report):
            stage(night, outcome, report)
        _record(night, name, outcome)
        if night.unchanged:
            return


def _load(night: Night, outcome: StageOutcome, report: Report) -> None:
    with connect(night.settings) as connection:
        if night.settings.full_refresh:
            forget_files(connection, night.settings.landing, night.feeds.values())
        summary = load(
            connection,
            landing=night.settings.landing,
            feeds=night.feeds,
            run_id=night.run_id,
            as_of=night.settings.as_of,
            min_age_seconds=night.settings.min_age_seconds,
            report=report,
        )
        night.unchanged = _nothing_to_do(night, connection, summary)
    outcome.count, outcome.remark = summary.rows_loaded, files_line(summary)
    sentences = [file_sentence(message) for message in summary.messages]
    for sentence in sentences:
        night.console.complain(f"warning: {sentence}")
    night.warnings += sentences


def _nothing_to_do(
    night: Night, connection: duckdb.DuckDBPyConnection, summary: LoadSummary
) -> bool:
    pending = connection.execute("select count(*) from ops.pending_days").fetchone()
    is_pending = pending is not None and pending[0] > 0
    is_published = night.settings.published_file.is_file()
    return is_published and not (summary.files_read or is_pending or night.rebuild_all)


def _building(stage: str) -> Stage:
    def build(night: Night, outcome: StageOutcome, report: Report) -> None:
        nodes = night.dbt.build(stage, report, full_refresh=night.rebuild_all and stage == "facts")
        outcome.count = _rows_in(night.settings, BUILT_SCHEMAS[stage])
        outcome.remark = f"{nodes} models and tests"

    return build


def _gating(gate: str) -> Stage:
    def check(night: Night, outcome: StageOutcome, _: Report) -> None:
        with connect(night.settings) as connection:
            result = run_gate(
                gate,
                connection=connection,
                run_id=night.run_id,
                quality_dir=night.settings.quality_dir,
                feeds=night.feeds,
                assumptions=night.settings.assumptions,
            )
        outcome.count, outcome.unit = len(result.results), "checks"
        outcome.remark = f"{len(result.warnings)} warnings" if result.warnings else "all passed"
        night.warnings += [_sentence(warning) for warning in result.warnings]
        for warning in result.warnings:
            night.console.complain(f"warning: {_sentence(warning)}")
        _raise_if_stopped(night, result)

    return check


def _publish(night: Night, outcome: StageOutcome, _: Report) -> None:
    outcome.count = publish(night.settings, night.run_id)
    outcome.remark = str(night.settings.published_file)


def _raise_if_stopped(night: Night, result: GateResult) -> None:
    if not result.stops:
        return
    stopping = [
        check
        for check in result.results
        if check.status == "error" or (check.status == "failed" and check.severity == "critical")
    ]
    raise GateStoppedError(
        f"gate {result.gate} stopped the publication; yesterday's file stays published",
        "\n          ".join(_sentence(check) for check in stopping),
        f"the failing rows and their queries are in {night.settings.quality_dir / 'index.html'}",
    )


def _sentence(check: CheckResult) -> str:
    found = check.message or f"observed {check.observed_value}, expected {check.expected_value}"
    return f"{check.name}: {found}"


def _record(night: Night, stage: str, outcome: StageOutcome) -> None:
    with connect(night.settings) as connection:
        record_stage(
            connection,
            night.run_id,
            stage=stage,
            status="done",
            row_count=outcome.count,
            seconds=outcome.seconds,
        )


def _sign_off(night: Night, status: str, exit_code: int, message: str) -> None:
    with connect(night.settings) as connection:
        end_run(connection, night.run_id, status=status, exit_code=exit_code, message=message)


def _finish(night: Night) -> int:
    status = "unchanged" if night.unchanged else "published"
    exit_code = STRICT_WARNINGS if night.warnings and night.settings.strict else 0
    with connect(night.settings) as connection:
        if not night.unchanged:
            connection.execute("delete from ops.pending_days")
        end_run(connection, night.run_id, status=status, exit_code=exit_code, message="")
    if night.unchanged:
        night.console.say("nothing new was delivered; the published file is up to date")
    else:
        night.console.say(f"published {night.settings.published_file}")
    return exit_code


def _rows_in(settings: Settings, schema: str) -> int:
    with connect(settings) as connection:
        row = connection.execute(
            "select coalesce(sum(estimated_size), 0) from duckdb_tables() where schema_name = ?",
            [schema],
        ).fetchone()
    return int(row[0]) if row else 0
