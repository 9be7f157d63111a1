"""What is true of every version: the quality and the decay that its evaluations should show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.demo.versions import FROZEN_ITEMS, VERSIONS, parent_of, promoted_on

if TYPE_CHECKING:
    from datetime import date

    from pipelines.demo.period import Period
    from pipelines.demo.versions import Version


@dataclass(frozen=True, slots=True)
class PlantedVersion:
    """What is true of one version: accuracy (0-1) when promoted, and its loss per month (0-1).

    `fixed_items` and `broken_items` of the FROZEN_ITEMS tell the retrain's verdict; None for a
    model's first version.
    """

    model: str
    version: str
    promoted_on: date
    accuracy: float
    monthly_decay: float
    champion_version: str | None
    fixed_items: int | None
    broken_items: int | None
    verdict: str | None


def planted_versions(period: Period) -> tuple[PlantedVersion, ...]:
    """The truth of every version in the registry."""
    return tuple(_planted(period, version) for version in VERSIONS)


def _planted(period: Period, version: Version) -> PlantedVersion:
    champion, retrain = parent_of(version), version.retrain
    return PlantedVersion(
        model=version.model.name,
        version=version.name,
        promoted_on=promoted_on(period, version),
        accuracy=version.right_items / FROZEN_ITEMS,
        monthly_decay=version.monthly_decay,
        champion_version=champion.name if champion else None,
        fixed_items=retrain.fixed_items if retrain else None,
        broken_items=retrain.broken_items if retrain else None,
        verdict=retrain.verdict if retrain else None,
    )
