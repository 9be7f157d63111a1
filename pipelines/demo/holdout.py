"""The experiment: one version is held back from a tenth of the customers, drawn by lot.

No effect is planted: who churns and who expands is drawn without regard to it, so an honest
evaluation finds nothing that chance could not explain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.demo.catalogue import ATLAS_CHAT, SECOND_VERSION
from pipelines.demo.files import write_csv
from pipelines.demo.period import add_months
from pipelines.demo.versions import (
    HELD_BACK_VERSION,
    HOLDOUT_MONTHS,
    promoted_on,
    version_named,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from pipelines.demo.plan import Plan

FEED = "experiment_assignments"
STREAM = 52
EXPERIMENT = f"holdout-{ATLAS_CHAT.name}-{HELD_BACK_VERSION}"
HOLDOUT_SHARE = 0.1
PLANTED_CHURN_EFFECT_POINTS = 0.0
COLUMNS = ("experiment", "unit_id", "unit_kind", "model", "version", "arm", "assigned_at")
TREATED = version_named(ATLAS_CHAT, HELD_BACK_VERSION)
CONTROL = version_named(ATLAS_CHAT, SECOND_VERSION)


@dataclass(frozen=True, slots=True)
class ExperimentTruths:
    """Who took part from when until when, and the effect on monthly churn, in points."""

    experiment: str
    model: str
    version: str
    held_out_version: str
    started_on: date
    ended_on: date
    treated: int
    held_out: int
    churn_effect_points: float


def held_out(plan: Plan) -> NDArray[np.bool_]:
    """By customer: paid on the day of the promotion, and drawn to keep the version before."""
    active = np.flatnonzero(plan.customers.paying(_first_day(plan)))
    count = max(1, round(active.size * HOLDOUT_SHARE))
    drawn = plan.rng(STREAM, 0).permutation(active)[:count]
    return np.isin(np.arange(len(plan.customers.ids)), drawn)


def is_running(plan: Plan, day: int) -> bool:
    """Whether the two arms get different versions on a day."""
    return _first_day(plan) <= day < plan.period.day_of(_ends_on(plan))


def write_assignments(landing: Path, plan: Plan) -> ExperimentTruths:
    """One row per customer who paid at the promotion."""
    rows = list(_rows(plan))
    write_csv(landing / FEED / f"{FEED}.csv", COLUMNS, rows, covers=plan.period.end)
    kept = int(held_out(plan).sum())
    return ExperimentTruths(
        experiment=EXPERIMENT,
        model=TREATED.model.name,
        version=TREATED.name,
        held_out_version=CONTROL.name,
        started_on=promoted_on(plan.period, TREATED),
        ended_on=_ends_on(plan),
        treated=len(rows) - kept,
        held_out=kept,
        churn_effect_points=PLANTED_CHURN_EFFECT_POINTS,
    )


def _rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    is_held_out = held_out(plan)
    assigned_at = f"{promoted_on(plan.period, TREATED)}T00:00:00Z"
    for customer in np.flatnonzero(plan.customers.paying(_first_day(plan))).tolist():
        arm = "holdout" if is_held_out[customer] else "treatment"
        names = (EXPERIMENT, plan.customers.ids[customer], "customer")
        yield (*names, TREATED.model.name, TREATED.name, arm, assigned_at)


def _first_day(plan: Plan) -> int:
    return plan.period.day_of(promoted_on(plan.period, TREATED))


def _ends_on(plan: Plan) -> date:
    """The first day on which the held-out customers, too, get the newest version."""
    return add_months(promoted_on(plan.period, TREATED), HOLDOUT_MONTHS)
