"""What trained when: experiments every Tuesday, and what made every version ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pipelines.demo.catalogue import (
    ATLAS_CHAT,
    ATLAS_EXTRACT,
    ATLAS_MINI,
    SECOND_VERSION,
    VERSION_CHANGE_MONTH,
)
from pipelines.demo.fleet import EXPERIMENT_HOURS, TUESDAY
from pipelines.demo.runs import (
    FAILED,
    FAILED_IN_TRACKER,
    Run,
    Slot,
    release_run_id,
    run_of,
)
from pipelines.demo.versions import VERSIONS, promoted_on, version_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.demo.catalogue import Model
    from pipelines.demo.plan import Plan
    from pipelines.demo.versions import Version

STREAM = 51
# Every Tuesday's hours of the training pool go to one model, every third experiment to waste.
ROTATION = (ATLAS_CHAT, ATLAS_EXTRACT, ATLAS_CHAT, ATLAS_MINI)
FAILED_EVERY = 3
SHORTEST_EXPERIMENT, LONGEST_EXPERIMENT = 7, 11
DAYS_BEFORE_PROMOTION = 2
FINE_TUNE_HOURS, EVALUATION_AFTER, EVALUATION_HOURS = 10.0, 10.5, 1.5
# Version two was trained on twice the machines, for most of the days they were rented.
BIG_RUN_HOURS, BIG_RUN_NODES = 108.0, 2
# Before the period the company trained on machines whose bills it no longer has.
EARLIER_RUNS = (("experiment", 40, 12.0), ("train", 20, 60.0), ("evaluation", 3, 2.0))


def training_runs(plan: Plan) -> tuple[Run, ...]:
    """Every run, in the order of their beginning."""
    runs = [*_earlier_runs(plan), _big_run(plan), *_tuesday_runs(plan)]
    return tuple(sorted(runs, key=lambda run: (run.started_at, run.run_id)))


def _earlier_runs(plan: Plan) -> Iterator[Run]:
    for version in (version for version in VERSIONS if version.month < 0):
        promoted = plan.period.day_of(promoted_on(plan.period, version))
        for kind, days_before, hours in EARLIER_RUNS:
            name = release_run_id(version) + ("" if kind == "train" else f"-{kind}")
            slot = Slot(promoted - days_before, 0.0, hours)
            run = run_of(plan, name, kind, version.model, version, slot, currency="USD")
            yield replace(run, gpu_pool=None)


def _big_run(plan: Plan) -> Run:
    version = version_named(ATLAS_CHAT, SECOND_VERSION)
    first = plan.period.days_of(VERSION_CHANGE_MONTH).start
    slot = Slot(first, 0.0, BIG_RUN_HOURS, BIG_RUN_NODES)
    return run_of(plan, release_run_id(version), "train", ATLAS_CHAT, version, slot)


def _tuesday_runs(plan: Plan) -> Iterator[Run]:
    """An experiment, or in the last week before a promotion what made the version ready."""
    ready = _release_days(plan)
    days = [day for day in range(plan.period.days) if _is_tuesday(plan, day)]
    for number, day in enumerate(days):
        if day in ready:
            yield from _release(plan, ready[day], day)
        else:
            yield _experiment(plan, number, day)


def _is_tuesday(plan: Plan, day: int) -> bool:
    return plan.period.date_of(day).weekday() == TUESDAY


def _release_days(plan: Plan) -> dict[int, Version]:
    days = {}
    for version in (version for version in VERSIONS if version.month >= 0):
        latest = promoted_on(plan.period, version) - timedelta(days=DAYS_BEFORE_PROMOTION)
        tuesday = latest - timedelta(days=(latest.weekday() - TUESDAY) % 7)
        days[plan.period.day_of(tuesday)] = version
    return days


def _release(plan: Plan, version: Version, day: int) -> Iterator[Run]:
    name, model = release_run_id(version), version.model
    if version.name != SECOND_VERSION:
        slot = Slot(day, EXPERIMENT_HOURS.start, FINE_TUNE_HOURS)
        yield run_of(plan, name, "fine_tune", model, version, slot)
    slot = Slot(day, EXPERIMENT_HOURS.start + EVALUATION_AFTER, EVALUATION_HOURS)
    kind = "evaluation"
    yield run_of(plan, f"{name}-{kind}", kind, model, version, slot, currency="USD")


def _experiment(plan: Plan, number: int, day: int) -> Run:
    """Half a day's try; one that failed, or after which no version came, led to none."""
    model = ROTATION[number % len(ROTATION)]
    is_failed = number % FAILED_EVERY == FAILED_EVERY - 1
    hours = int(plan.rng(STREAM, day).integers(SHORTEST_EXPERIMENT, LONGEST_EXPERIMENT + 1))
    status = FAILED if number >= FAILED_EVERY else FAILED_IN_TRACKER
    version = None if is_failed else _next_version(plan, model, day)
    slot = Slot(day, EXPERIMENT_HOURS.start, hours)
    name = f"run-{model.name}-{plan.period.date_of(day)}"
    currency = "EUR" if model is ATLAS_EXTRACT else None
    run = run_of(plan, name, "experiment", model, version, slot, currency=currency)
    return replace(run, status=status) if is_failed else run


def _next_version(plan: Plan, model: Model, day: int) -> Version | None:
    when = plan.period.date_of(day)
    later = [v for v in VERSIONS if v.model is model and promoted_on(plan.period, v) > when]
    return later[0] if later else None
