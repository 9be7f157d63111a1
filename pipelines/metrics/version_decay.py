"""The decay of each model version, from its own evaluations."""

import polars as pl

from pipelines.metrics.decay_fit import decay_columns, decay_of_lists
from pipelines.metrics.intervals import interval_verdict, needed_count, wilson_of
from pipelines.metrics.statuses import (
    MISSING_FEEDS,
    STRADDLES_GOAL,
    missing_feeds,
    status_and_reason,
)

DAYS_PER_MONTH = 30.4375
FEEDS = ("model_evaluations", "model_versions")
VERSION = ("model", "model_version")
SERIES = (*VERSION, "benchmark", "metric", "sample_kind")
LINE_EVALUATIONS = 3


def version_decay(
    evaluations: pl.LazyFrame,
    versions: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    decay_goal_share: float,
    min_decay_days: int,
    decision_power: float,
) -> pl.LazyFrame:
    """One row per model version: its decay with interval, verdict, status and reason."""
    series = _longest_series(evaluations)
    known = pl.concat([versions.select(VERSION), evaluations.select(VERSION)]).unique()
    promoted = versions.select(*VERSION, promoted_date=pl.col("promoted_at").dt.date())
    return (
        known.join(promoted, on=VERSION, how="left", validate="1:1")
        .join(series, on=VERSION, how="left", validate="1:1")
        .join(missing_feeds(coverage, *FEEDS), how="cross")
        .with_columns(fit=decay_of_lists("ages", "scores", "items"))
        .with_columns(**decay_columns(), goal=pl.lit(decay_goal_share, dtype=pl.Float64))
        .with_columns(_unless_short(min_decay_days))
        .with_columns(_verdict())
        .with_columns(*_status(min_decay_days), *_last_interval())
        .with_columns(_needed(decision_power))
    )


def _longest_series(evaluations: pl.LazyFrame) -> pl.LazyFrame:
    """Of each version the series of one benchmark: fresh before frozen, then the longest."""
    is_serving = pl.col("evaluated_at").dt.date() >= pl.col("promoted_at").dt.date()
    longest = [
        pl.col("sample_kind") == "frozen",
        -pl.col("evaluation_count"),
        -pl.col("item_count"),
        "benchmark",
        "metric",
    ]
    return (
        evaluations.filter(is_serving)
        .sort("evaluated_at", "evaluation_id")
        .group_by(SERIES)
        .agg(**_series())
        .sort(longest)
        .unique(VERSION, keep="first", maintain_order=True)
    )


def _series() -> dict[str, pl.Expr]:
    age, day = pl.col("age_months"), pl.col("evaluated_at").dt.date()
    return {
        "ages": age,
        "scores": pl.col("score_share"),
        "items": pl.col("item_count").cast(pl.Float64),
        "evaluation_count": pl.len().cast(pl.Int64),
        "item_count": pl.col("item_count").sum(),
        "last_item_count": pl.col("item_count").last(),
        "first_score_share": pl.col("score_share").first(),
        "last_score_share": pl.col("score_share").last(),
        "first_evaluated_date": day.first(),
        "last_evaluated_date": day.last(),
        "age_months": age.last(),
        "span_days": (age.last() - age.first()) * DAYS_PER_MONTH,
    }


def _unless_short(min_days: int) -> list[pl.Expr]:
    """Nothing is known of decay from less than the shortest span."""
    decays = [f"monthly_decay_{u}{e}" for u in ("share", "points") for e in ("", *ENDS)]
    names = [*decays, "decay_error_share", "decay_error_points"]
    return [pl.when(pl.col("span_days") >= min_days).then(name).alias(name) for name in names]


ENDS = ("_ci_low", "_ci_high")


def _verdict() -> pl.Expr:
    """The interval against the goal; a frozen set may show a breach but never a pass."""
    low, high = (pl.col(f"monthly_decay_share{end}") for end in ENDS)
    verdict = interval_verdict(low, high, pl.col("goal"), better="lower")
    is_blind = (pl.col("sample_kind") == "frozen") & (verdict == "pass")
    return pl.when(is_blind).then(pl.lit("inconclusive")).otherwise(verdict).alias("verdict")


def _status(min_days: int) -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            (pl.col("promoted_date").is_null(), "not_registered"),
            (pl.col("evaluation_count").is_null(), "no_evaluation"),
            (pl.col("evaluation_count") == 1, "single_evaluation"),
            (pl.col("span_days") < min_days, "short_span"),
        ],
        provisional=[(pl.col("evaluation_count") < LINE_EVALUATIONS, "two_end_points")],
        inconclusive=[
            ((pl.col("sample_kind") == "frozen") & (pl.col("verdict") != "breach"), "frozen_set"),
            STRADDLES_GOAL,
        ],
    )


def _needed(power: float) -> pl.Expr:
    distance = pl.col("monthly_decay_share") - pl.col("goal")
    needed = needed_count(pl.col("item_count"), pl.col("decay_error_share"), distance, power=power)
    straddles = pl.col("reason") == "interval_straddles_goal"
    return pl.when(straddles).then(needed).alias("needed_item_count")


def _last_interval() -> list[pl.Expr]:
    interval = wilson_of("last_score_share", "last_item_count")
    return [
        interval.struct.field(end).alias(f"last_score_share_ci_{end}") for end in ("low", "high")
    ]
