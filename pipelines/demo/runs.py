"""What learning took: every run that led to a version, and those that led to none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.demo.catalogue import ATLAS_CHAT, ATLAS_EXTRACT, ATLAS_MINI, TRAINING_POOL
from pipelines.demo.side_charges import CENT

if TYPE_CHECKING:
    from pipelines.demo.catalogue import Model
    from pipelines.demo.plan import Plan
    from pipelines.demo.versions import Version

# The tracker of one team reports what a run cost in euros, at this rate.
EUROS_PER_DOLLAR = Decimal("0.92")
FINISHED, FAILED, FAILED_IN_TRACKER = "finished", "failed", "FAILED"
RECORDED_DATASET, FIRST_GENERATION_DATASET = "ds-user-feedback", "ds-legacy-tickets"
DATASETS_OF = {
    ATLAS_CHAT.name: ("ds-conversations", "ds-search-clicks", RECORDED_DATASET),
    ATLAS_EXTRACT.name: ("ds-contracts",),
    ATLAS_MINI.name: ("ds-conversations",),
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `version` is what it led to, `cost` what its tracker reports, in `currency`."""

    run_id: str
    model: str
    version: str | None
    gpu_pool: str | None
    started_at: datetime
    ended_at: datetime
    kind: str
    status: str
    dataset_ids: str
    currency: str | None
    gpu_hours: float
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Slot:
    """When a run has how many machines: hours after the midnight at which a day begins."""

    day: int
    after_hours: float
    hours: float
    nodes: int = 1


def release_run_id(version: Version) -> str:
    """The run whose result was promoted as a version."""
    return f"run-{version.model.name}-{version.name}"


def run_of(
    plan: Plan,
    run_id: str,
    kind: str,
    model: Model,
    version: Version | None,
    slot: Slot,
    *,
    currency: str | None = None,
) -> Run:
    """A run on every machine of its slot; with a currency, its tracker reports the list price."""
    starts_at = plan.period.first_moment + timedelta(days=slot.day, hours=slot.after_hours)
    gpu_hours = slot.hours * slot.nodes * plan.scale.training_nodes
    rate = EUROS_PER_DOLLAR if currency == "EUR" else Decimal(1)
    listed = Decimal(str(gpu_hours)) * plan.scale.training_instance.list_usd_per_hour
    return Run(
        run_id=run_id,
        model=model.name,
        version=version.name if version else None,
        gpu_pool=TRAINING_POOL,
        started_at=starts_at,
        ended_at=starts_at + timedelta(hours=slot.hours),
        kind=kind,
        status=FINISHED,
        dataset_ids=_datasets(model, version),
        currency=currency,
        gpu_hours=gpu_hours,
        cost=(listed * rate).quantize(CENT) if currency else None,
    )


def _datasets(model: Model, version: Version | None) -> str:
    is_old = model is ATLAS_CHAT and version is not None and version.name.startswith("1.")
    return ",".join((*DATASETS_OF[model.name], *([FIRST_GENERATION_DATASET] if is_old else [])))
