"""The runs as the tracker exports them: one canonical CSV."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

from pipelines.demo.charges import TIME_FORMAT
from pipelines.demo.files import write_csv
from pipelines.demo.runs import FAILED, FAILED_IN_TRACKER, Run
from pipelines.demo.training import training_runs

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.demo.plan import Plan

FEED = "training_runs"
COLUMNS = tuple(column.name for column in fields(Run))


@dataclass(frozen=True, slots=True)
class TrainingTruths:
    """Counts over all runs; GPU hours are those of the training pool, by number of the month."""

    runs: int
    failed_runs: int
    failed_in_tracker: str
    gpu_hours_by_month: tuple[float, ...]
    runs_with_cost: int


def write_training_runs(landing: Path, plan: Plan) -> TrainingTruths:
    """All runs, those that led to the versions before the period included."""
    runs = training_runs(plan)
    rows = ([_text(getattr(run, column)) for column in COLUMNS] for run in runs)
    write_csv(landing / FEED / f"{FEED}.csv", COLUMNS, rows, covers=plan.period.end)
    hours = [0.0] * len(plan.period.months)
    for run in (run for run in runs if run.gpu_pool is not None):
        hours[plan.period.month_of(plan.period.day_of(run.started_at.date()))] += run.gpu_hours
    return TrainingTruths(
        runs=len(runs),
        failed_runs=sum(run.status.lower() == FAILED for run in runs),
        failed_in_tracker=next(run.run_id for run in runs if run.status == FAILED_IN_TRACKER),
        gpu_hours_by_month=tuple(hours),
        runs_with_cost=sum(run.cost is not None for run in runs),
    )


def _text(value: object) -> object:
    return value.strftime(TIME_FORMAT) if isinstance(value, datetime) else value
