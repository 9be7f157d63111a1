"""What was written into the logs, counted while it is written: the truths to check against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipelines.demo.catalogue import (
    ANTHROPIC_MODELS,
    FEATURES,
    INFERENCE_POOLS,
    PRODUCTION,
    PURPOSES,
    TOKEN_KINDS,
)
from pipelines.demo.period import HOURS_PER_DAY, MONTHS
from pipelines.demo.traffic import MILLISECONDS_PER_HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.demo.plan import Plan

_MODEL_OF_FEATURE = np.array(
    [ANTHROPIC_MODELS.index(f.model) if f.model in ANTHROPIC_MODELS else -1 for f in FEATURES]
)


@dataclass(frozen=True)
class Tally:
    """Running counts of calls, GPU time and tokens; the arrays grow as days are added.

    `gpu_ms` is by pool and hour of the period, `paid_calls` (successful, production) by month and
    customer, `anthropic_tokens` by month, model and kind, without failures and cache hits.
    """

    plan: Plan
    calls_by_day: NDArray[np.int64]
    calls_by_purpose: NDArray[np.int64]
    gpu_ms: NDArray[np.int64]
    paid_calls: NDArray[np.int64]
    anthropic_tokens: NDArray[np.int64]
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def empty(cls, plan: Plan) -> Tally:
        """Nothing counted yet."""
        hours = plan.period.days * HOURS_PER_DAY
        shape = (MONTHS, len(ANTHROPIC_MODELS), len(TOKEN_KINDS))
        return cls(
            plan=plan,
            calls_by_day=np.zeros(plan.period.days, dtype=np.int64),
            calls_by_purpose=np.zeros(len(PURPOSES), dtype=np.int64),
            gpu_ms=np.zeros((len(INFERENCE_POOLS), hours), dtype=np.int64),
            paid_calls=np.zeros((MONTHS, len(plan.customers.ids)), dtype=np.int64),
            anthropic_tokens=np.zeros(shape, dtype=np.int64),
        )

    def add(self, day: int, calls: pl.DataFrame) -> None:
        """Count one day's calls."""
        self.calls_by_day[day] += calls.height
        np.add.at(self.calls_by_purpose, calls["purpose"].to_numpy(), 1)
        self._add_counts(calls)
        self._add_gpu_time(day, calls.filter(pl.col("pool") >= 0))
        answered = calls.filter(~pl.col("is_failed"))
        paid = answered.filter(pl.col("purpose") == PRODUCTION)
        month = self.plan.period.month_of(day)
        np.add.at(self.paid_calls[month], paid["customer"].to_numpy(), 1)
        self._add_anthropic(month, answered.filter(~pl.col("is_cache_hit")))

    def _add_counts(self, calls: pl.DataFrame) -> None:
        counted = {
            "failed": calls["is_failed"].sum(),
            "retries": calls["retried_call"].is_not_null().sum(),
            "response_cache_hits": calls["is_cache_hit"].sum(),
            "on_device": calls["is_on_device"].sum(),
            "without_reported_price": (~calls["is_priced"]).sum(),
        }
        for name, count in counted.items():
            self.counts[name] = self.counts.get(name, 0) + int(count)

    def _add_gpu_time(self, day: int, calls: pl.DataFrame) -> None:
        hours = day * HOURS_PER_DAY + calls["start_ms"].to_numpy() // MILLISECONDS_PER_HOUR
        np.add.at(self.gpu_ms, (calls["pool"].to_numpy(), hours), calls["gpu_ms"].to_numpy())

    def _add_anthropic(self, month: int, answered: pl.DataFrame) -> None:
        models = _MODEL_OF_FEATURE[answered["feature"].to_numpy()]
        tokens = answered.select(
            pl.col("prompt") - pl.col("cache_read") - pl.col("cache_write"),
            "cache_read",
            "cache_write",
            "completion",
        ).to_numpy()
        for model in range(len(ANTHROPIC_MODELS)):
            self.anthropic_tokens[month, model] += tokens[models == model].sum(axis=0)
