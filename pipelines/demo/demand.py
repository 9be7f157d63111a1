"""How many calls are expected: one number per day, feature and hour, before chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.demo.catalogue import EXTRACTION, FEATURES, QUALITY_MONITORING
from pipelines.demo.period import DAYS_PER_MONTH, HOURS_PER_DAY, Period

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.demo.scales import Scale

MONTHLY_GROWTH = 1.06
WEEKEND_SHARE = 0.35
SATURDAY, SUNDAY = 5, 6
MAINTENANCE_HOURS = (2, 3, 4)
RETRIES_PER_CALL = 0.02 * 0.7

# Relative traffic of the 24 UTC hours: office hours, and the nightly batch.
OFFICE = np.array(
    [1, 1, 1, 1, 1, 2, 6, 14, 20, 22, 21, 19, 17, 19, 22, 21, 18, 13, 8, 5, 3, 2, 1, 1]
)
NIGHTLY = np.array([4, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 5, 5, 5])
ROUND_THE_CLOCK = np.ones(HOURS_PER_DAY)


def expected_calls(scale: Scale, period: Period) -> NDArray[np.float64]:
    """Calls by day, feature and hour, growing 6 % a month and summing to the size of the company.

    The gateway is shut for maintenance in the small hours of Sunday: nobody calls the chat pool.
    """
    days = np.arange(period.days)
    growth = MONTHLY_GROWTH ** (days / DAYS_PER_MONTH)
    shapes = np.stack([_hours_of(feature) for feature in range(len(FEATURES))])
    calls = growth[:, None, None] * shapes[None, :, :]
    weekdays = (period.start.weekday() + days) % 7
    weekend = np.isin(weekdays, (SATURDAY, SUNDAY))
    interactive = ~np.isin(np.arange(len(FEATURES)), (EXTRACTION, QUALITY_MONITORING))
    maintenance = np.isin(np.arange(HOURS_PER_DAY), MAINTENANCE_HOURS)
    calls[np.ix_(weekend, interactive)] *= WEEKEND_SHARE
    calls[np.ix_(weekdays == SUNDAY, interactive, maintenance)] = 0
    wanted: NDArray[np.float64] = calls * scale.requests / (calls.sum() * (1 + RETRIES_PER_CALL))
    return wanted


def _hours_of(feature: int) -> NDArray[np.float64]:
    """Share of a feature's calls by hour, times the feature's share of all calls."""
    shape = {EXTRACTION: NIGHTLY, QUALITY_MONITORING: ROUND_THE_CLOCK}.get(feature, OFFICE)
    share: NDArray[np.float64] = FEATURES[feature].share * shape / shape.sum()
    return share
