"""What was planted beside the calls: changes in the period, and a truth in every further feed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.demo.batches import BatchTruths, write_batches
from pipelines.demo.budgets import BudgetTruths, write_budgets
from pipelines.demo.catalogue import (
    ATLAS_CHAT,
    CHANGED_MODEL,
    PRICE_CHANGE_MONTH,
    PROMOTED_ON_DAY,
    RETIRED_ON_DAY,
    VERSION_CHANGE_MONTH,
)
from pipelines.demo.dataset_records import RecordTruths, write_dataset_records
from pipelines.demo.datasets import DatasetTruths, write_datasets
from pipelines.demo.evaluations import write_evaluations
from pipelines.demo.holdout import ExperimentTruths, write_assignments
from pipelines.demo.maintenance import WorkTruths, write_maintenance_work
from pipelines.demo.outcome_files import FeatureTruths, write_outcomes
from pipelines.demo.spend import ChannelTruths, write_spend
from pipelines.demo.training_files import TrainingTruths, write_training_runs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from pipelines.demo.outcomes import Outcomes
    from pipelines.demo.period import Period
    from pipelines.demo.plan import Plan
    from pipelines.demo.planted_versions import PlantedVersion


@dataclass(frozen=True, slots=True)
class PlantedChanges:
    """The one price change, and the one change of generation, with days when both serve."""

    repriced_model: str
    repriced_on: date
    replaced_model: str
    successor_promoted_on: date
    replaced_on: date


@dataclass(frozen=True, slots=True)
class PlantedTruths:
    """What each further feed holds that a metric should find."""

    versions: tuple[PlantedVersion, ...]
    training: TrainingTruths
    datasets: DatasetTruths
    records: RecordTruths
    outcomes: Mapping[str, FeatureTruths]
    channels: tuple[ChannelTruths, ...]
    work: WorkTruths
    experiment: ExperimentTruths
    batches: BatchTruths
    budgets: BudgetTruths


def planted_changes(period: Period) -> PlantedChanges:
    """The dates of what changed in the period."""
    month = period.months[VERSION_CHANGE_MONTH]
    return PlantedChanges(
        repriced_model=CHANGED_MODEL.name,
        repriced_on=period.months[PRICE_CHANGE_MONTH],
        replaced_model=ATLAS_CHAT.name,
        successor_promoted_on=month.replace(day=PROMOTED_ON_DAY),
        replaced_on=month.replace(day=RETIRED_ON_DAY),
    )


def write_planted_feeds(landing: Path, plan: Plan, outcomes: Outcomes) -> PlantedTruths:
    """One folder per further feed; `outcomes` were gathered with the calls."""
    return PlantedTruths(
        versions=write_evaluations(landing, plan),
        training=write_training_runs(landing, plan),
        datasets=write_datasets(landing, plan),
        records=write_dataset_records(landing, plan),
        outcomes=write_outcomes(landing, plan, outcomes),
        channels=write_spend(landing, plan),
        work=write_maintenance_work(landing, plan),
        experiment=write_assignments(landing, plan),
        batches=write_batches(landing, plan),
        budgets=write_budgets(landing, plan),
    )
