"""Calls in words: the texts that the codes of a drawn call stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.demo.catalogue import FEATURES, INFERENCE_POOLS, PURPOSES
from pipelines.demo.versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.demo.plan import Plan

SECONDS_PER_DAY = 86_400


def labelled_calls(plan: Plan, calls: pl.DataFrame) -> pl.DataFrame:
    """One row per call, with names beside its codes and times in epoch seconds.

    The code -1 (nobody, no pool, no version) becomes NULL.
    """
    midnight = int(plan.period.first_moment.timestamp()) + pl.col("day") * SECONDS_PER_DAY
    customer_id = _text_of(calls["customer"], plan.customers.ids)
    models = [feature.model for feature in FEATURES]
    return calls.with_columns(
        (midnight + pl.col("start_ms") / 1000).alias("start_s"),
        (midnight + (pl.col("start_ms") + pl.col("latency_ms")) / 1000).alias("end_s"),
        customer_id.alias("customer_id"),
        pl.format("{}-u{}", customer_id.fill_null("demo-staff"), "user").alias("user_id"),
        _text_of(calls["feature"], [feature.name for feature in FEATURES]).alias("feature_name"),
        _text_of(calls["feature"], [model.name for model in models]).alias("model"),
        _text_of(calls["feature"], [model.provider for model in models]).alias("provider"),
        _text_of(calls["feature"], [model.api_base for model in models]).alias("api_base"),
        _text_of(calls["purpose"], PURPOSES).alias("purpose_name"),
        _text_of(calls["pool"], INFERENCE_POOLS).alias("pool"),
        _text_of(calls["version"], [version.name for version in VERSIONS]).alias("version_name"),
        pl.lit(f"{plan.scale.name}-{plan.seed}-{plan.period.start}-").alias("id_prefix"),
    )


def _text_of(codes: pl.Series, texts: Sequence[str]) -> pl.Series:
    return pl.Series(texts).gather(codes.replace(-1, None))
