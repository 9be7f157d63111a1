"""The mart `intelligence_roi`: the improvement that a thousand dollars of compute bought."""

import polars as pl

from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.releases import (
    FREE_GAIN,
    GAINS,
    KEYS,
    NO_GAIN,
    NO_RELEASE,
    POINTS,
    UNPRICED_RUNS,
    against_the_release_before,
    with_gains,
)
from pipelines.metrics.statuses import (
    MISSING_FEEDS,
    STRADDLES_GOAL,
    missing_feeds,
    status_and_reason,
)

FEEDS = ("model_versions", "model_evaluations", "training_runs")
THOUSAND = 1000
TEXTS = ("verdict", "status", "reason")
COUNTS = ("item_count", "needed_item_count", "run_count", "unpriced_run_count")
SCORES = ("champion_score_share", "score_share")
IMPROVEMENTS = tuple(f"improvement_share{end}" for end in ("", "_ci_low", "_ci_high"))
RETURNS = tuple(f"intelligence_roi_ratio{end}" for end in ("", "_ci_low", "_ci_high"))
ENDS = {"": "gain_points", "_ci_low": "gain_points_ci_low", "_ci_high": "gain_points_ci_high"}


def intelligence_roi(
    releases: pl.LazyFrame, coverage: pl.LazyFrame, *, decision_power: float
) -> pl.LazyFrame:
    """One row per model version: relative improvement in percent per 1,000 dollars of compute.

    intelligence ROI = (gain / champion's score x 100) / (compute cost / 1,000). The interval is the
    gain's, the champion's score taken as known: its error is a small part of the gain's. The goal
    is to rise: the verdict compares with the model's release before.

    Null: where the gain is not above zero beyond chance (`no_gain`), where no compute was spent
    (`free_gain`), for the first version and for what is not released.
    Source: the article's table of metrics, "intelligence ROI".
    """
    return (
        with_gains(releases)
        .join(missing_feeds(coverage, *FEEDS), how="cross")
        .pipe(_with_returns)
        .pipe(
            against_the_release_before,
            "intelligence_roi_ratio",
            better="higher",
            power=decision_power,
        )
        .with_columns(_status())
        .select(
            *KEYS,
            "promoted_date",
            *TEXTS,
            "compute_usd",
            *SCORES,
            *GAINS,
            *IMPROVEMENTS,
            *RETURNS,
            *COUNTS,
            "goal",
        )
        .sort("model", "promoted_date", "model_version", nulls_last=True)
    )


def _with_returns(releases: pl.LazyFrame) -> pl.LazyFrame:
    return releases.with_columns(**_improvements()).with_columns(**_returns())


def _improvements() -> dict[str, pl.Expr]:
    champion = positive(POINTS * pl.col("champion_score_share"))
    return {f"improvement_share{end}": ratio(pl.col(gain), champion) for end, gain in ENDS.items()}


def _returns() -> dict[str, pl.Expr]:
    is_gain = pl.col("gain_points_ci_low") > 0
    compute = pl.when(is_gain).then(positive(pl.col("compute_usd")))
    return {
        f"intelligence_roi_ratio{end}": 100
        * THOUSAND
        * ratio(pl.col(f"improvement_share{end}"), compute)
        for end in ENDS
    }


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            *NO_RELEASE,
            (pl.col("compute_usd").is_null(), "unpriced_runs"),
            NO_GAIN,
            FREE_GAIN,
            (pl.col("champion_score_share") <= 0, "no_champion_score"),
        ],
        provisional=[UNPRICED_RUNS],
        inconclusive=[STRADDLES_GOAL],
    )
