"""Calls that exist because of another one: answers from the response cache, and retries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipelines.demo.catalogue import (
    EXTRACTION,
    FEATURES,
    PRODUCTION,
    QUALITY_MONITORING,
    TRIAL,
)
from pipelines.demo.period import HOURS_PER_DAY, MONTHS
from pipelines.demo.traffic import MILLISECONDS_PER_HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.demo.plan import Plan

STREAM = 11
# Share of interactive calls answered from the response cache, in the first and the last month.
HITS_FIRST, HITS_LAST = 0.02, 0.08
FAILED_SHARE = 0.02
RETRIED_SHARE = 0.7
# The gateway gives up on an API at once and on the company's own GPUs after its timeout.
TIMEOUT_MS, REFUSAL_MS = 100_000, 700
RETRY_DELAY_MS = (100, 20_000)
LAST_MS = HOURS_PER_DAY * MILLISECONDS_PER_HOUR - 1

_IS_API = np.array([feature.model.is_api for feature in FEATURES])


def with_repeats(plan: Plan, day: int, calls: pl.DataFrame) -> pl.DataFrame:
    """The day's calls with cache hits marked, failures marked and their retries added.

    Adds `source_call` (the call whose answer was given: itself unless a cache hit), `retried_call`
    (NULL unless a retry), `is_cache_hit`, `is_failed`.
    """
    rng = plan.rng(STREAM, day)
    answered = _with_cache_hits(calls, plan.period.month_of(day), rng)
    failed = rng.random(calls.height) < FAILED_SHARE
    # A cache hit cannot fail, and what it repeats had an answer.
    failed[answered.filter("is_cache_hit")["call"].to_numpy()] = False
    failed[answered.filter("is_cache_hit")["source_call"].to_numpy()] = False
    marked = answered.with_columns(
        pl.Series("is_failed", failed), pl.lit(None, pl.Int64).alias("retried_call")
    )
    retries = _retries_of(marked.filter(pl.Series(failed)), first_call=calls.height, rng=rng)
    both = pl.concat([_without_work(marked), retries])
    return both.sort("start_ms", maintain_order=True)


def _with_cache_hits(calls: pl.DataFrame, month: int, rng: np.random.Generator) -> pl.DataFrame:
    """A hit repeats an earlier call of the day word for word: same asker, same tokens."""
    share = HITS_FIRST + (HITS_LAST - HITS_FIRST) * month / (MONTHS - 1)
    can_hit = (
        calls["purpose"].is_in([PRODUCTION, TRIAL])
        & ~calls["feature"].is_in([EXTRACTION, QUALITY_MONITORING])
    ).to_numpy()
    wanted = can_hit & (rng.random(calls.height) < share)
    source = _sources(wanted, np.flatnonzero(can_hit & ~wanted), rng)
    is_hit = source != np.arange(calls.height)
    return calls[source].with_columns(
        pl.col("call").alias("source_call"),
        calls["call"],
        calls["start_ms"],
        pl.Series("is_cache_hit", is_hit),
    )


def _sources(
    wanted: NDArray[np.bool_], originals: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """The row whose answer each row gives: an earlier original where one is wanted and exists."""
    source = np.arange(wanted.size)
    hits = np.flatnonzero(wanted)
    earlier = np.searchsorted(originals, hits)
    hits, earlier = hits[earlier > 0], earlier[earlier > 0]
    source[hits] = originals[(rng.random(hits.size) * earlier).astype(np.int64)]
    return source


def _retries_of(failed: pl.DataFrame, *, first_call: int, rng: np.random.Generator) -> pl.DataFrame:
    """A second attempt at seven of ten failed calls, seconds later; it succeeds."""
    retried = failed.filter(pl.Series(rng.random(failed.height) < RETRIED_SHARE))
    calls = first_call + np.arange(retried.height)
    gave_up = np.where(_IS_API[retried["feature"].to_numpy()], REFUSAL_MS, TIMEOUT_MS)
    delay = gave_up + rng.integers(*RETRY_DELAY_MS, retried.height)
    start = np.minimum(retried["start_ms"].to_numpy() + delay, LAST_MS)
    return retried.with_columns(
        pl.col("call").alias("retried_call"),
        pl.Series("call", calls),
        pl.Series("source_call", calls),
        pl.Series("start_ms", start),
        pl.lit(value=False).alias("is_failed"),
    )


def _without_work(calls: pl.DataFrame) -> pl.DataFrame:
    """A failed call answers nothing; a failed API call is not even counted by the provider."""
    is_api = pl.Series(_IS_API[calls["feature"].to_numpy()])
    refused = pl.col("is_failed") & is_api
    nothing = pl.lit(0, pl.Int64)
    return calls.with_columns(
        pl.when("is_failed").then(nothing).otherwise(pl.col("completion", "reasoning")).name.keep(),
        pl.when(refused)
        .then(nothing)
        .otherwise(pl.col("prompt", "cache_read", "cache_write"))
        .name.keep(),
    )
