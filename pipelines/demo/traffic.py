"""The calls of one day: who asked for what, when, and how many tokens it took.

Codes are positions in the tuples of `catalogue` and `customers`; `customer` is -1 for nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipelines.demo.catalogue import (
    AUTOCOMPLETE,
    EVALUATION,
    FEATURES,
    INTERNAL,
    MONITORING,
    PRODUCTION,
    QUALITY_MONITORING,
    TRIAL,
)
from pipelines.demo.period import MONTHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.demo.plan import Plan

    Ints = NDArray[np.int64]

STREAM = 10
MILLISECONDS_PER_HOUR = 3_600_000
NOBODY = -1
INTERNAL_SHARE, EVALUATION_SHARE = 0.015, 0.004
STAFF = 12

# Share of calls that find a cached prompt prefix, in the first and the last month.
CACHED_FIRST, CACHED_LAST = 0.30, 0.62
CACHE_WRITE_SHARE = 0.15
CACHE_BLOCK = 128
PROMPT_SPREAD, COMPLETION_SPREAD = 0.6, 0.5

_PROMPTS = np.array([feature.prompt_tokens for feature in FEATURES])
_COMPLETIONS = np.array([feature.completion_tokens for feature in FEATURES])
_REASONING = np.array([feature.model.reasoning_share for feature in FEATURES])
_WRITES_CACHE = np.array([feature.model.provider == "anthropic" for feature in FEATURES])


def draw_traffic(plan: Plan, day: int) -> pl.DataFrame:
    """One row per call of the day, in the order of time, before failures, retries and costs."""
    rng = plan.rng(STREAM, day)
    start, feature = _arrivals(plan, day, rng)
    customer, user, purpose = _callers(plan, day, rng, feature)
    return pl.DataFrame(
        {
            "call": np.arange(start.size),
            "start_ms": start,
            "feature": feature,
            "customer": customer,
            "user": user,
            "purpose": purpose,
            **_tokens(plan.period.month_of(day), rng, feature),
        }
    )


def _arrivals(plan: Plan, day: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Milliseconds of the day and feature of every call."""
    counts = rng.poisson(plan.expected[day])
    features, hours = np.indices(counts.shape)
    feature = np.repeat(features.ravel(), counts.ravel())
    hour = np.repeat(hours.ravel(), counts.ravel())
    start = hour * MILLISECONDS_PER_HOUR + rng.integers(0, MILLISECONDS_PER_HOUR, hour.size)
    order = np.argsort(start, kind="stable")
    return start[order], feature[order]


def _callers(
    plan: Plan, day: int, rng: np.random.Generator, feature: Ints
) -> tuple[Ints, Ints, Ints]:
    """Customer, user number and purpose of every call."""
    customers = plan.customers
    usage = np.cumsum(customers.usage_on(day))
    chosen = np.searchsorted(usage, rng.random(feature.size) * usage[-1], side="right")
    purpose = np.where(customers.on_trial(day)[chosen], TRIAL, PRODUCTION)
    chance = rng.random(feature.size)
    purpose[chance < INTERNAL_SHARE] = INTERNAL
    purpose[chance > 1 - EVALUATION_SHARE] = EVALUATION
    purpose[feature == QUALITY_MONITORING] = MONITORING
    is_ours = ~np.isin(purpose, (PRODUCTION, TRIAL))
    seats = np.where(is_ours, STAFF, customers.seats[chosen])
    user = (rng.random(feature.size) * seats).astype(np.int64)
    return np.where(is_ours, NOBODY, chosen), user, purpose


def _tokens(month: int, rng: np.random.Generator, feature: Ints) -> dict[str, Ints]:
    """Prompt tokens with what of them was read from or written to the cache, and completion."""
    count = feature.size
    prompt = (_PROMPTS[feature] * rng.lognormal(0, PROMPT_SPREAD, count)).astype(np.int64) + 16
    cached_share = CACHED_FIRST + (CACHED_LAST - CACHED_FIRST) * month / (MONTHS - 1)
    chance, part = rng.random(count), rng.uniform(0.3, 0.9, count)
    can_cache = feature != AUTOCOMPLETE
    is_read = can_cache & (chance < cached_share)
    is_write = _WRITES_CACHE[feature] & (chance > 1 - CACHE_WRITE_SHARE)
    blocks = (prompt * part).astype(np.int64) // CACHE_BLOCK * CACHE_BLOCK
    completions = _COMPLETIONS[feature] * rng.lognormal(0, COMPLETION_SPREAD, count)
    completion = completions.astype(np.int64) + 1
    return {
        "prompt": prompt,
        "cache_read": np.where(is_read, blocks, 0),
        "cache_write": np.where(is_write & ~is_read, blocks, 0),
        "completion": completion,
        "reasoning": (completion * _REASONING[feature]).astype(np.int64),
    }
