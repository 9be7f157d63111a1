"""The customers of the company: who they are, when they came, and when they left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.demo.period import DAYS_PER_MONTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.demo.period import Period
    from pipelines.demo.scales import Scale

SEGMENTS = ("self_serve", "mid_market", "enterprise")
SEGMENT_SHARES = (0.78, 0.18, 0.04)
SEGMENT_USAGE = np.array([1.0, 6.0, 40.0])
SEGMENT_SEATS = np.array([3, 12, 60])
MONTHLY_CHURN = np.array([0.040, 0.015, 0.007])
CONVERSION = np.array([0.55, 0.75, 0.85])
TRIAL_USAGE = 1.2

PLANS = ("starter_monthly", "pro_monthly", "pro_annual", "enterprise_annual")
STARTER, PRO_MONTHLY, PRO_ANNUAL, ENTERPRISE = range(len(PLANS))
PRO_ANNUAL_SHARE = 0.3

CHANNELS = ("organic", "paid_search", "partner", "outbound", "referral")
CHANNEL_SHARES = (0.34, 0.28, 0.14, 0.14, 0.10)
EURO_SHARE = 0.35

HISTORY_DAYS = 540
TRIAL_DAYS = 14
SIGNUP_GROWTH = 1.05
NEVER = 1_000_000


@dataclass(frozen=True)
class Customers:
    """One entry per sign-up, in the order they came; days are counted from the period's start.

    `converted_day` and `churned_day` are NEVER where that has not happened by the period's end.
    `seconds` is the time of day of all of a customer's events.
    """

    ids: tuple[str, ...]
    segment: NDArray[np.int64]
    plan: NDArray[np.int64]
    channel: NDArray[np.int64]
    pays_euro: NDArray[np.bool_]
    seats: NDArray[np.int64]
    usage: NDArray[np.float64]
    seconds: NDArray[np.int64]
    signed_up_day: NDArray[np.int64]
    trial_end_day: NDArray[np.int64]
    converted_day: NDArray[np.int64]
    churned_day: NDArray[np.int64]

    def on_trial(self, day: int) -> NDArray[np.bool_]:
        """Who may use the product for nothing all that day."""
        unpaid = day <= np.minimum(self.converted_day, self.trial_end_day - 1)
        return (self.signed_up_day < day) & unpaid

    def paying(self, day: int) -> NDArray[np.bool_]:
        """Who pays all that day."""
        return (self.converted_day < day) & (day < self.churned_day)

    def usage_on(self, day: int) -> NDArray[np.float64]:
        """Relative usage of every customer on a day; zero for who is not there."""
        trial = self.on_trial(day) * TRIAL_USAGE
        return self.usage * np.where(self.paying(day), 1.0, trial)


def generate_customers(scale: Scale, period: Period, seed: int) -> Customers:
    """All sign-ups from eighteen months before the period to its end; some never convert."""
    rng = np.random.default_rng([seed, 1])
    count = scale.signups
    segment = rng.choice(len(SEGMENTS), count, p=SEGMENT_SHARES)
    signed_up = _sign_up_days(rng, count, period)
    converted = _conversion_days(rng, segment, signed_up, period)
    return Customers(
        ids=tuple(f"demo-c{number:05d}" for number in range(1, count + 1)),
        segment=segment,
        plan=_plans(rng, segment),
        channel=rng.choice(len(CHANNELS), count, p=CHANNEL_SHARES),
        pays_euro=rng.random(count) < EURO_SHARE,
        seats=1 + rng.poisson(SEGMENT_SEATS[segment] - 1),
        usage=SEGMENT_USAGE[segment] * rng.lognormal(-0.18, 0.6, count),
        seconds=rng.integers(7 * 3600, 19 * 3600, count),
        signed_up_day=signed_up,
        trial_end_day=signed_up + TRIAL_DAYS,
        converted_day=converted,
        churned_day=_churn_days(rng, segment, converted, period),
    )


def _sign_up_days(rng: np.random.Generator, count: int, period: Period) -> NDArray[np.int64]:
    days = np.arange(-HISTORY_DAYS, period.days - 1)
    weights = SIGNUP_GROWTH ** (days / DAYS_PER_MONTH)
    return np.sort(rng.choice(days, count, p=weights / weights.sum()))


def _plans(rng: np.random.Generator, segment: NDArray[np.int64]) -> NDArray[np.int64]:
    annual = rng.random(segment.size) < PRO_ANNUAL_SHARE
    return np.choose(segment, [STARTER, np.where(annual, PRO_ANNUAL, PRO_MONTHLY), ENTERPRISE])


def _conversion_days(
    rng: np.random.Generator,
    segment: NDArray[np.int64],
    signed_up: NDArray[np.int64],
    period: Period,
) -> NDArray[np.int64]:
    """During the trial or as it ends; a trial still running at the end has not converted."""
    when = signed_up + rng.integers(3, TRIAL_DAYS + 1, segment.size)
    converts = (rng.random(segment.size) < CONVERSION[segment]) & (when < period.days)
    return np.where(converts, when, NEVER)


def _churn_days(
    rng: np.random.Generator,
    segment: NDArray[np.int64],
    converted: NDArray[np.int64],
    period: Period,
) -> NDArray[np.int64]:
    months_kept = rng.geometric(MONTHLY_CHURN[segment])
    when = converted + np.ceil(months_kept * DAYS_PER_MONTH).astype(np.int64)
    return np.where(when < period.days, when, NEVER)
