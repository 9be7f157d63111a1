"""What a model API charged for a call, in whole nano-dollars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipelines.demo.catalogue import CHANGED_MODEL, FEATURES, nano_usd_per_token

if TYPE_CHECKING:
    from pipelines.demo.plan import Plan

STREAM = 13
# Share of the answers of one model for which the gateway knew no price.
UNPRICED_SHARE = 0.3

_IS_API = np.array([feature.model.is_api for feature in FEATURES])
_IS_UNPRICEABLE = np.array([feature.model is CHANGED_MODEL for feature in FEATURES])


def with_prices(plan: Plan, day: int, calls: pl.DataFrame) -> pl.DataFrame:
    """The day's calls with `input_nano`, `output_nano` and whether the log says so.

    Adds `is_priced`: false where the price book must give the cost. Calls of the company's own
    models cost nothing here, their GPUs are billed; answers from the cache would have cost it.
    """
    month = plan.period.month_of(day)
    prices = np.array([nano_usd_per_token(feature.model, month) for feature in FEATURES])
    feature = calls["feature"].to_numpy()
    fresh, read, write, output = prices[feature].T
    tokens = calls.select("prompt", "cache_read", "cache_write", "completion").to_numpy()
    prompt, cache_read, cache_write, completion = tokens.T
    input_nano = (prompt - cache_read - cache_write) * fresh
    input_nano = input_nano + cache_read * read + cache_write * write
    unknown = plan.rng(STREAM, day).random(calls.height) < UNPRICED_SHARE
    answered = ~(calls["is_failed"] | calls["is_cache_hit"]).to_numpy()
    return calls.with_columns(
        pl.Series("input_nano", input_nano),
        pl.Series("output_nano", completion * output),
        pl.Series("is_api", _IS_API[feature]),
        pl.Series("is_priced", ~(_IS_UNPRICEABLE[feature] & unknown & answered)),
    )
