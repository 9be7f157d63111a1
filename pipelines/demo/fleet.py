"""How many GPU nodes run in every hour: whole machines with headroom, decided from the forecast."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from pipelines.demo.catalogue import (
    BATCH_POOL,
    CHAT_POOL,
    FEATURES,
    PROMOTED_ON_DAY,
    SECOND_VERSION_EFFORT,
    TRAINING_POOL,
    VERSION_CHANGE_MONTH,
)
from pipelines.demo.period import HOURS_PER_DAY, Period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from pipelines.demo.scales import Scale

HEADROOM = 1.6
SECONDS_PER_HOUR = 3600
SPIKE_MONTHS = (2, 5, 8, 11)
SPIKE_HOUR = 10
TUESDAY = 1
EXPERIMENT_HOURS = slice(8, 20)
BIG_RUN_DAYS = 5


def planned_nodes(
    scale: Scale, period: Period, calls: NDArray[np.float64]
) -> Mapping[str, NDArray[np.int64]]:
    """Running nodes by pool and hour of the period.

    The chat pool never falls below its commitment. The batch pool is off by day, but starts an hour
    early and stops an hour late. Training has weekly experiments, and one big run for version two.
    """
    chat = _nodes_for(_busy_seconds(CHAT_POOL, period, calls))
    batch = _nodes_for(_busy_seconds(BATCH_POOL, period, calls))
    shoulder = np.maximum(np.roll(batch, 1), np.roll(batch, -1)) > 0
    return {
        CHAT_POOL: np.maximum(chat, scale.committed_nodes),
        BATCH_POOL: np.maximum(batch, shoulder.astype(np.int64)),
        TRAINING_POOL: _training_nodes(scale, period),
    }


def spike_hours(period: Period) -> frozenset[int]:
    """Hours in which calls ask more of the chat pool than it has: 10:00 UTC on four Tuesdays."""
    return frozenset(_spike_hour(period, month) for month in SPIKE_MONTHS)


def _spike_hour(period: Period, month: int) -> int:
    second_week = period.months[month].replace(day=8)
    tuesday = second_week + timedelta(days=(TUESDAY - second_week.weekday()) % 7)
    return period.day_of(tuesday) * HOURS_PER_DAY + SPIKE_HOUR


def _busy_seconds(pool: str, period: Period, calls: NDArray[np.float64]) -> NDArray[np.float64]:
    """Forecast GPU seconds of a pool by hour."""
    seconds = [f.model.gpu_seconds if f.model.gpu_pool == pool else 0.0 for f in FEATURES]
    busy = np.einsum("dfh,f->dh", calls, np.array(seconds))
    if pool == CHAT_POOL:
        promoted = period.months[VERSION_CHANGE_MONTH].replace(day=PROMOTED_ON_DAY)
        busy[period.day_of(promoted) :] *= SECOND_VERSION_EFFORT
    flat: NDArray[np.float64] = busy.ravel()
    return flat


def _nodes_for(busy: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.ceil(busy * HEADROOM / SECONDS_PER_HOUR).astype(np.int64)


def _training_nodes(scale: Scale, period: Period) -> NDArray[np.int64]:
    nodes = np.zeros((period.days, HOURS_PER_DAY), dtype=np.int64)
    weekdays = (period.start.weekday() + np.arange(period.days)) % 7
    nodes[weekdays == TUESDAY, EXPERIMENT_HOURS] = scale.training_nodes
    first = period.day_of(period.months[VERSION_CHANGE_MONTH])
    nodes[first : first + BIG_RUN_DAYS] = 2 * scale.training_nodes
    return nodes.ravel()
