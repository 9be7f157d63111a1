"""What serving a call took: the place, the version, the GPU seconds and the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipelines.demo.catalogue import (
    AUTOCOMPLETE,
    CHAT_POOL,
    FEATURES,
    INFERENCE_POOLS,
    SECOND_VERSION_EFFORT,
)
from pipelines.demo.fleet import SECONDS_PER_HOUR
from pipelines.demo.period import HOURS_PER_DAY
from pipelines.demo.repeats import REFUSAL_MS, TIMEOUT_MS
from pipelines.demo.rollout import rolled_out
from pipelines.demo.traffic import MILLISECONDS_PER_HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.demo.plan import Plan

STREAM = 12
NO_POOL = -1
ON_DEVICE_SHARE = 0.35
GPU_SPREAD = 0.5
CACHED_EFFORT_SAVED = 0.4
FAILED_EFFORT = 0.6
OVERCOMMITMENT = 1.15
API_MS_PER_TOKEN = 11
LOCAL_MS = (80, 600)
CACHE_MS = (4, 40)

_POOLS = np.array(
    [INFERENCE_POOLS.index(f.model.gpu_pool) if f.model.gpu_pool else NO_POOL for f in FEATURES]
)
_GPU_MS = np.array([feature.model.gpu_seconds * 1000 for feature in FEATURES])


def with_serving(plan: Plan, day: int, calls: pl.DataFrame) -> pl.DataFrame:
    """The day's calls with where and how they were served.

    Adds `is_on_device`, `pool` (-1 for none), `version` (-1 where not logged), `gpu_ms` (0 without
    a pool) and `latency_ms`.
    """
    rng = plan.rng(STREAM, day)
    feature = calls["feature"].to_numpy()
    is_cache_hit = calls["is_cache_hit"].to_numpy()
    is_on_device = (feature == AUTOCOMPLETE) & (rng.random(calls.height) < ON_DEVICE_SHARE)
    pool = np.where(is_cache_hit | is_on_device, NO_POOL, _POOLS[feature])
    is_second, logged = rolled_out(plan, day, rng, calls)
    gpu_ms = _gpu_milliseconds(rng, calls, is_second)
    gpu_ms[pool == NO_POOL] = 0
    latency_ms = _latency(rng, calls, pool, gpu_ms)
    latency_ms[is_on_device] = rng.integers(*LOCAL_MS, is_on_device.sum())
    latency_ms[is_cache_hit] = rng.integers(*CACHE_MS, is_cache_hit.sum())
    return calls.with_columns(
        pl.Series("is_on_device", is_on_device & ~is_cache_hit),
        pl.Series("pool", pool),
        pl.Series("version", logged),
        pl.Series("gpu_ms", _with_spikes(plan, day, calls["start_ms"].to_numpy(), pool, gpu_ms)),
        pl.Series("latency_ms", latency_ms),
    )


def _gpu_milliseconds(
    rng: np.random.Generator, calls: pl.DataFrame, is_second: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """GPU time: less with the second generation, with a cached prompt, and where a call failed."""
    chance = rng.lognormal(-(GPU_SPREAD**2) / 2, GPU_SPREAD, calls.height)
    cached = (calls["cache_read"] / calls["prompt"].clip(1)).to_numpy()
    effort = np.where(is_second, SECOND_VERSION_EFFORT, 1.0)
    effort = effort * np.where(calls["is_failed"].to_numpy(), FAILED_EFFORT, 1.0)
    usual = _GPU_MS[calls["feature"].to_numpy()]
    taken: NDArray[np.float64] = usual * effort * chance * (1 - CACHED_EFFORT_SAVED * cached)
    return np.ceil(taken).astype(np.int64)


def _latency(
    rng: np.random.Generator,
    calls: pl.DataFrame,
    pool: NDArray[np.int64],
    gpu_ms: NDArray[np.int64],
) -> NDArray[np.int64]:
    """A node has one GPU and works on one call at a time; an API answers token by token."""
    waiting = rng.integers(200, 1_500, calls.height)
    answering = np.where(pool == NO_POOL, calls["completion"] * API_MS_PER_TOKEN, gpu_ms)
    given_up = np.where(pool == NO_POOL, REFUSAL_MS, TIMEOUT_MS)
    is_failed = calls["is_failed"].to_numpy()
    return np.where(is_failed, np.minimum(waiting + answering, given_up), waiting + answering)


def _with_spikes(
    plan: Plan,
    day: int,
    start_ms: NDArray[np.int64],
    pool: NDArray[np.int64],
    gpu_ms: NDArray[np.int64],
) -> NDArray[np.int64]:
    """In a spike the metered seconds of the chat pool exceed what its nodes could have worked."""
    stretched = gpu_ms.copy()
    for hour in (spike for spike in plan.spikes if spike // HOURS_PER_DAY == day):
        is_chat = pool == INFERENCE_POOLS.index(CHAT_POOL)
        is_hit = is_chat & (start_ms // MILLISECONDS_PER_HOUR == hour % HOURS_PER_DAY)
        capacity_ms = plan.nodes[CHAT_POOL][hour] * SECONDS_PER_HOUR * 1000
        total_ms = max(1, gpu_ms[is_hit].sum())
        stretched[is_hit] = np.ceil(gpu_ms[is_hit] * (capacity_ms * OVERCOMMITMENT / total_ms))
    return stretched
