"""Which version answered a call, and whether the log says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.demo.catalogue import (
    ASSISTANT,
    ATLAS_CHAT,
    FEATURES,
    PROMOTED_ON_DAY,
    RETIRED_ON_DAY,
    VERSION_CHANGE_MONTH,
)
from pipelines.demo.holdout import CONTROL, held_out, is_running
from pipelines.demo.traffic import NOBODY
from pipelines.demo.versions import (
    LAST_OF_FIRST_GENERATION,
    VERSIONS,
    newest_version,
    version_named,
)

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from pipelines.demo.plan import Plan

NO_VERSION = -1
UNVERSIONED_SHARE = 0.1
OLD_CODE = VERSIONS.index(version_named(ATLAS_CHAT, LAST_OF_FIRST_GENERATION))
CONTROL_CODE = VERSIONS.index(CONTROL)


def rolled_out(
    plan: Plan, day: int, rng: np.random.Generator, calls: pl.DataFrame
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether the second generation answered every call, and the version in its log.

    Some calls log none. Where time alone cannot tell two versions apart, all calls are marked:
    while two generations serve side by side, and for customers held back from a new version.
    """
    is_assistant = (calls["feature"] == ASSISTANT).to_numpy()
    share = _share_of_second(plan, day)
    is_second = is_assistant & (rng.random(calls.height) < share)
    is_unmarked = is_assistant & (rng.random(calls.height) < UNVERSIONED_SHARE)
    version = _newest(plan, day)[calls["feature"].to_numpy()]
    if 0 < share < 1:
        version[is_assistant & ~is_second] = OLD_CODE
        is_unmarked[:] = False
    keeps_control = is_assistant & _is_held_out(plan, day, calls["customer"].to_numpy())
    version[keeps_control] = CONTROL_CODE
    return is_second, np.where(is_unmarked & ~keeps_control, NO_VERSION, version)


def _share_of_second(plan: Plan, day: int) -> float:
    """Part of the assistant's calls that the second generation answers: none, half or all."""
    month = plan.period.months[VERSION_CHANGE_MONTH]
    is_promoted = day >= plan.period.day_of(month.replace(day=PROMOTED_ON_DAY))
    is_retired = day >= plan.period.day_of(month.replace(day=RETIRED_ON_DAY))
    return (int(is_promoted) + int(is_retired)) / 2


def _newest(plan: Plan, day: int) -> NDArray[np.int64]:
    """By feature: the position of its model's newest version."""
    newest = [newest_version(plan.period, feature.model, day) for feature in FEATURES]
    return np.array([NO_VERSION if v is None else VERSIONS.index(v) for v in newest])


def _is_held_out(plan: Plan, day: int, customer: NDArray[np.int64]) -> NDArray[np.bool_]:
    if not is_running(plan, day):
        return np.zeros(customer.size, dtype=np.bool_)
    found: NDArray[np.bool_] = (customer != NOBODY) & held_out(plan)[customer]
    return found
