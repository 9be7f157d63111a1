"""The registry of the company's own models: which version served when, and how good it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipelines.demo.catalogue import (
    ATLAS_CHAT,
    ATLAS_EXTRACT,
    ATLAS_MINI,
    FIRST_VERSION,
    PROMOTED_ON_DAY,
    RETIRED_ON_DAY,
    SECOND_VERSION,
    VERSION_CHANGE_MONTH,
)
from pipelines.demo.period import add_months

if TYPE_CHECKING:
    from pipelines.demo.catalogue import Model
    from pipelines.demo.period import Period

FROZEN_ITEMS = 2_000
CUTOFF_DAYS = 30
JUSTIFIED, NOT_JUSTIFIED, INCONCLUSIVE = "justified", "not_justified", "inconclusive"
# Part of the accuracy on fresh samples that is lost per month (0-1).
CHAT_DECAY, SECOND_CHAT_DECAY, EXTRACT_DECAY, MINI_DECAY = 0.03, 0.02, 0.06, 0.01
LAST_OF_FIRST_GENERATION = "1.2"
# One version is held back from some customers for three months after its promotion.
HELD_BACK_VERSION, HELD_BACK_MONTH, HOLDOUT_MONTHS = "2.1", 9, 3


@dataclass(frozen=True, slots=True)
class Retrain:
    """What changed on the frozen benchmark against the version before, and what that tells."""

    fixed_items: int
    broken_items: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version: the month of its promotion (the period's first is 0), its decay, its quality.

    It answers `right_items` of the FROZEN_ITEMS of its model's frozen benchmark well. `retired` is
    a month and its day, where that is later than the promotion of the version after it.
    """

    model: Model
    name: str
    month: int
    monthly_decay: float
    right_items: int
    retrain: Retrain | None = None
    retired: tuple[int, int] | None = None


VERSIONS = (
    Version(ATLAS_CHAT, FIRST_VERSION, -2, CHAT_DECAY, 1_560),
    Version(ATLAS_CHAT, "1.1", 1, CHAT_DECAY, 1_660, Retrain(190, 90, JUSTIFIED)),
    Version(
        ATLAS_CHAT,
        LAST_OF_FIRST_GENERATION,
        4,
        CHAT_DECAY,
        1_670,
        Retrain(30, 20, NOT_JUSTIFIED),
        (VERSION_CHANGE_MONTH, RETIRED_ON_DAY),
    ),
    Version(
        ATLAS_CHAT,
        SECOND_VERSION,
        VERSION_CHANGE_MONTH,
        SECOND_CHAT_DECAY,
        1_790,
        Retrain(170, 50, JUSTIFIED),
        (HELD_BACK_MONTH + HOLDOUT_MONTHS, PROMOTED_ON_DAY),
    ),
    Version(
        ATLAS_CHAT,
        HELD_BACK_VERSION,
        HELD_BACK_MONTH,
        SECOND_CHAT_DECAY,
        1_830,
        Retrain(110, 70, INCONCLUSIVE),
    ),
    Version(ATLAS_CHAT, "2.2", 12, SECOND_CHAT_DECAY, 1_900, Retrain(100, 30, JUSTIFIED)),
    Version(ATLAS_EXTRACT, "1.0", -1, EXTRACT_DECAY, 1_640),
    Version(ATLAS_EXTRACT, "1.1", 3, EXTRACT_DECAY, 1_720, Retrain(120, 40, JUSTIFIED)),
    Version(ATLAS_EXTRACT, "1.2", 8, EXTRACT_DECAY, 1_770, Retrain(90, 40, INCONCLUSIVE)),
    Version(ATLAS_MINI, "1.0", -4, MINI_DECAY, 1_420),
    Version(ATLAS_MINI, "1.1", 5, MINI_DECAY, 1_430, Retrain(60, 50, NOT_JUSTIFIED)),
)


def version_named(model: Model, name: str) -> Version:
    """The version of a model that has this name."""
    return next(v for v in VERSIONS if v.model is model and v.name == name)


def parent_of(version: Version) -> Version | None:
    """The version it was trained from and replaced; None for a model's first."""
    earlier = [v for v in VERSIONS if v.model is version.model and v.month < version.month]
    return earlier[-1] if earlier else None


def promoted_on(period: Period, version: Version) -> date:
    """The day it begins to serve, at midnight."""
    return add_months(period.start, version.month).replace(day=PROMOTED_ON_DAY)


def cutoff_on(period: Period, version: Version) -> date:
    """The day its training data reaches to."""
    return promoted_on(period, version) - timedelta(days=CUTOFF_DAYS)


def retired_on(period: Period, version: Version) -> date | None:
    """The first day it no longer serves; None while it does."""
    if version.retired is not None:
        month, day = version.retired
        return add_months(period.start, month).replace(day=day)
    later = [v for v in VERSIONS if v.model is version.model and v.month > version.month]
    return promoted_on(period, later[0]) if later else None


def newest_version(period: Period, model: Model, day: int) -> Version | None:
    """The version of a model that was promoted last, up to a day; None for a model API."""
    when = period.date_of(day)
    found = [v for v in VERSIONS if v.model is model and promoted_on(period, v) <= when]
    return found[-1] if found else None
