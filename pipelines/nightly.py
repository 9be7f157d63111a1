"""The nightly job: load, gate, staging, gate, facts, gate, marts, gate, alerts, publish, report."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import date
from functools import partial

import duckdb

from pipelines.alert_delivery import post_new_alerts
from pipelines.alerts import raise_alerts
from pipelines.breakdowns import told_plainly
from pipelines.building import building
from pipelines.console import Console, Report, StageOutcome
from pipelines.dbt_stages import DbtProject
from pipelines.errors import GateStoppedError, UniteconError
from pipelines.fault_points import reached
from pipelines.fingerprint import project_fingerprint
from pipelines.gating import gating
from pipelines.journal import Journal
from pipelines.load_stage import load_landing
from pipelines.loading.listing import Listing, list_landing
from pipelines.locking import only_run
from pipelines.night import Night, Stage
from pipelines.preflight import demand_room
from pipelines.publishing.draft import HeadStart, remove_draft
from pipelines.publishing.memory import recall
from pipelines.publishing.publish import publish
from pipelines.publishing.writing import write_facts
from pipelines.quality.gates import warm_up
from pipelines.report.apart import report_apart
from pipelines.resuming import demand_built, stages_kept
from pipelines.run_log import begin_run, end_run, last_published, record_stage
from pipelines.settings import Settings
from pipelines.sources.feeds import Feed, read_feeds
from pipelines.stopping import Stop, stoppable
from pipelines.warehouse import connect

STRICT_WARNINGS = 5
GATES = ("gate raw", "gate staging", "gate facts", "gate marts")
PARTS = {
    "load": ("load",),
    "build": ("staging", "facts", "marts"),
    "check": GATES,
    "publish": (*GATES, "alerts", "publish", "report"),
}
# how a run ends that is only a part of the night
ENDS = {"load": "loaded", "build": "built", "check": "checked"}


def run_nightly(settings: Settings, console: Console, part: str = "run") -> int:
    """Run every stage and publish, or only the stages of a part; returns the exit code.

    Errors: AnotherRunError when a run is at work; RunFailedError or GateStoppedError, after the run
    was recorded, when a stage ended it; StoppedError, recorded too, when a signal did. What is
    published changes in the stage `publish` only.
    """
    with (
        told_plainly(settings.home),
        only_run(settings.warehouse.parent) as name_holder,
        stoppable() as stop,
    ):
        feeds = read_feeds(settings.sources_dir)
        # alone: whoever asks the disk ten thousand times waits as often for a thread beside it
        listing = list_landing(settings.landing, feeds)
        dbt = DbtProject(settings)
        if part != "load":
            threading.Thread(target=_read_ahead, args=(dbt,), daemon=True).start()
        night = _begin(settings, console, feeds, listing, dbt)
        name_holder(night.run_id)
        console.say(f"run {night.run_id}   landing {settings.landing}")
        with _signed_off(night), stop.translated(), closing(night.head_start):
            if part == "publish":
                demand_built(settings, night.fingerprint)
            _run_stages(night, part, stop)
            return _finish(night, ENDS.get(part, "published"))


@contextmanager
def _signed_off(night: Night) -> Iterator[None]:
    """A block whose end by an error stands in `ops.runs` before the error goes on."""
    try:
        yield
    except UniteconError as error:
        status = "gate_stopped" if isinstance(error, GateStoppedError) else "failed"
        _sign_off(night, status, error.exit_code, str(error))
        raise
    except BaseException as error:
        _sign_off(night, "failed", 1, f"{type(error).__name__}: {error}")
        raise


def _begin(
    settings: Settings,
    console: Console,
    feeds: dict[str, Feed],
    listing: Listing,
    dbt: DbtProject,
) -> Night:
    fingerprint = project_fingerprint(settings)
    # what a night that was killed left behind
    remove_draft(settings.published_file)
    with connect(settings) as connection:
        recall(connection, settings.published_file)
        demand_room(settings, connection, listing)
        kept = stages_kept(settings, connection, fingerprint)
        run_id = begin_run(connection, as_of=settings.as_of, project_fingerprint=fingerprint)
        known_fingerprint, known_date = last_published(connection) or ("", date.min)
    return Night(
        settings=settings,
        console=console,
        run_id=run_id,
        rebuild_all=settings.full_refresh or known_fingerprint != fingerprint,
        is_new_month=known_date.replace(day=1) != settings.as_of.replace(day=1),
        feeds=feeds,
        dbt=dbt,
        journal=Journal(settings.logs_dir, run_id),
        listing=listing,
        head_start=HeadStart(settings.published_file),
        kept=kept,
        fingerprint=fingerprint,
    )


def _run_stages(night: Night, part: str, stop: Stop) -> None:
    with ExitStack() as held:
        # every stage opens the build anew, which is quick while somebody holds it open
        held.enter_context(connect(night.settings))
        for name, stage in _stages():
            if name not in PARTS.get(part, (name,)):
                continue
            stop.demand()
            if name == "gate raw" and part == "run" and not night.rebuild_all:
                night.head_start.begin()
            if name == "marts" and part == "run":
                write = partial(write_facts, settings=night.settings)
                night.head_start.go_on(connect(night.settings), write)
            if name == "publish":
                # nobody holds the build any more: on a full disk it fails to be written now, before
                # anything is published
                night.head_start.let_go()
                held.close()
            with night.console.stage(name) as (outcome, report):
                stage(night, outcome, report)
            _record(night, name, outcome)
            reached(f"after {name}")
            if night.unchanged:
                return


def _stages() -> list[tuple[str, Stage]]:
    stages: list[tuple[str, Stage]] = [("load", load_landing)]
    for built, gate in (
        ("", "raw"),
        ("staging", "staging"),
        ("facts", "facts"),
        ("marts", "marts"),
    ):
        if built:
            stages.append((built, building(built)))
        stages.append((f"gate {gate}", gating(gate)))
    return [*stages, ("alerts", _raise_alerts), ("publish", _publish), ("report", _report)]


def _read_ahead(dbt: DbtProject) -> None:
    """What the stages after the load need; reading files leaves Python itself with little to do."""
    warm_up()
    dbt.read_ahead()


def _raise_alerts(night: Night, outcome: StageOutcome, _: Report) -> None:
    with connect(night.settings) as connection:
        outcome.count = raise_alerts(connection, night.run_id, night.settings.assumptions)
    outcome.unit = "alerts"


def _publish(night: Night, outcome: StageOutcome, _: Report) -> None:
    outcome.count = publish(night.settings, night.run_id, night.head_start)
    outcome.remark = str(night.settings.published_file)


def _report(night: Night, outcome: StageOutcome, _: Report) -> None:
    night.warnings += report_apart(night.settings, night.console, outcome)


def _record(night: Night, stage: str, outcome: StageOutcome) -> None:
    with connect(night.settings) as connection:
        record_stage(
            connection,
            night.run_id,
            stage=stage,
            status="kept" if stage in night.kept else "done",
            row_count=outcome.count,
            seconds=outcome.seconds,
        )
    night.journal.write("stage", stage=stage, rows=outcome.count, seconds=outcome.seconds)


def _sign_off(night: Night, status: str, exit_code: int, message: str) -> None:
    night.journal.write(status, exit_code=exit_code, message=message)
    rate = night.settings.assumptions.get("pipeline_usd_per_hour")
    # on a full disk nothing can be written; the next run closes the entry, and what broke is told
    with suppress(duckdb.Error, OSError), connect(night.settings) as connection:
        end_run(
            connection,
            night.run_id,
            status=status,
            exit_code=exit_code,
            message=message,
            usd_per_hour=rate,
        )


def _finish(night: Night, status: str) -> int:
    status = "unchanged" if night.unchanged else status
    if status == "published":
        _post_alerts(night)
    exit_code = STRICT_WARNINGS if night.warnings and night.settings.strict else 0
    with connect(night.settings) as connection:
        if status == "published":
            connection.execute("delete from ops.pending_days")
            recall(connection, night.settings.published_file)
    _sign_off(night, status, exit_code, "")
    if night.unchanged:
        night.console.say("nothing new was delivered; the published file is up to date")
    elif status == "published":
        night.console.say(f"published {night.settings.published_file}")
    return exit_code


def _post_alerts(night: Night) -> None:
    """Only what is published is told; a failure is a warning, the night stands."""
    with connect(night.settings) as connection:
        failures = post_new_alerts(connection)
    night.warnings += failures
    for failure in failures:
        night.console.complain(f"warning: {failure}")
