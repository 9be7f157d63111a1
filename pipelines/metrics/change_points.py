"""The age from which things happen more often, and how surely there is one."""

from dataclasses import dataclass

import numpy as np

from pipelines.metrics.sbg import Counts, Floats

SIMULATIONS = 1_999
# The profile likelihood within this of its best holds the change point in 95 of 100 worlds.
PROFILE_DROP = 1.920729410347062
SEED = 20_250_301
LEAST_EXPECTED = 3.0


@dataclass(frozen=True, kw_only=True)
class ChangePoint:
    """Where a rate rises, the ages that fit about as well, and how often chance does as much."""

    age: int
    age_low: int
    age_high: int
    rate_ratio: float
    chance: float


def rise_in_events(events: Counts, expected: Floats) -> ChangePoint | None:
    """The age from which events outrun what was expected, with its p-value; None without a split.

    events[a]: how often it happened at age a; expected[a]: how often it would have if age did not
    matter (their sums need not agree). The likelihood ratio of two Poisson rates is taken at every
    split at which either side expects at least three events; how often chance alone reaches the
    largest one is simulated with a fixed seed (the total given, so that nothing is assumed of it).
    """
    total = int(events.sum())
    share = expected / expected.sum() if expected.sum() > 0 else expected
    before = np.cumsum(share)[:-1]
    splits = np.flatnonzero(
        (before * total >= LEAST_EXPECTED) & ((1 - before) * total >= LEAST_EXPECTED)
    )
    if len(splits) == 0:
        return None
    observed = _likelihood_ratios(events[None, :], before)[0, splits]
    rng = np.random.default_rng(SEED)
    chance_events = rng.multinomial(total, share, SIMULATIONS)
    by_chance = _likelihood_ratios(chance_events, before)[:, splits].max(axis=1)
    best = int(observed.argmax())
    alike = splits[observed >= observed[best] - PROFILE_DROP]
    late = 1 - before[splits[best]]
    late_events = float(events[splits[best] + 1 :].sum())
    early_events = total - late_events
    return ChangePoint(
        age=int(splits[best]) + 1,
        age_low=int(alike.min()) + 1,
        age_high=int(alike.max()) + 1,
        rate_ratio=(late_events / late) / max(early_events / (1 - late), 1e-12),
        chance=float((1 + (by_chance >= observed[best]).sum()) / (1 + SIMULATIONS)),
    )


def _likelihood_ratios(events: Counts, before: Floats) -> Floats:
    """The gain in log-likelihood of every split over no split, zero where the rate falls."""
    total = events.sum(axis=1, keepdims=True)
    early = np.cumsum(events, axis=1)[:, :-1].astype(float)
    late = total - early
    expected_early = np.maximum(total * before, 1e-12)
    expected_late = np.maximum(total * (1 - before), 1e-12)
    gain = early * np.log(np.maximum(early, 1e-12) / expected_early) + late * np.log(
        np.maximum(late, 1e-12) / expected_late
    )
    rises = late * expected_early > early * expected_late
    return np.where(rises, gain, 0.0)


def fall_in_scores(ages: Floats, residuals: Floats, versions: Counts) -> ChangePoint | None:
    """The age from which scores lie lower than before, with its p-value; None without a split.

    residuals: scores less the mean of their version. How often chance does as much is found by
    shuffling the scores among the evaluations of their own version, with a fixed seed.
    """
    candidates = np.unique(ages)[1:]
    is_late = ages[None, :] >= candidates[:, None]
    has_both = (is_late.sum(axis=1) > 1) & ((~is_late).sum(axis=1) > 1)
    candidates, is_late = candidates[has_both], is_late[has_both]
    if len(candidates) == 0:
        return None
    rng = np.random.default_rng(SEED)
    order = np.lexsort((rng.random((SIMULATIONS, len(ages))), np.tile(versions, (SIMULATIONS, 1))))
    places = np.argsort(versions, kind="stable")
    shuffled = np.empty((SIMULATIONS, len(ages)))
    shuffled[:, places] = residuals[order]
    observed = _drops(residuals[None, :], is_late)[0]
    by_chance = _drops(shuffled, is_late).max(axis=1)
    best = int(observed.argmax())
    # a squared drop in standard errors is twice a gain in log-likelihood
    alike = candidates[observed**2 / 2 >= observed[best] ** 2 / 2 - PROFILE_DROP]
    return ChangePoint(
        age=int(candidates[best]),
        age_low=int(alike.min()),
        age_high=int(alike.max()),
        rate_ratio=float("nan"),
        chance=float((1 + (by_chance >= observed[best]).sum()) / (1 + SIMULATIONS)),
    )


def _drops(residuals: Floats, is_late: np.ndarray) -> Floats:
    """How far the later scores lie below the earlier ones, in standard errors, at every split."""
    late = is_late.astype(float)
    n_late, n_early = late.sum(axis=1), (1 - late).sum(axis=1)
    sum_late = residuals @ late.T
    whole = residuals.sum(axis=1, keepdims=True)
    drop = (whole - sum_late) / n_early - sum_late / n_late
    squares = (residuals**2).sum(axis=1, keepdims=True)
    within = squares - sum_late**2 / n_late - (whole - sum_late) ** 2 / n_early
    variance = np.maximum(within, 1e-15) / max(residuals.shape[1] - 2, 1)
    return np.asarray(drop / np.sqrt(variance * (1 / n_late + 1 / n_early)))
