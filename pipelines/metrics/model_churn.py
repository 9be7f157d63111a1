"""The mart `model_churn`: how long a version stays effective before it has lost its edge."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from pipelines.metrics.intervals import Z
from pipelines.metrics.ratio import ratio
from pipelines.metrics.scopes import in_every_scope
from pipelines.metrics.statuses import MISSING_FEEDS, missing_feeds, status_and_reason
from pipelines.metrics.sufficiency import Minimum, too_thin, would_suffice
from pipelines.metrics.survival_counts import SurvivalCounts, counts_per_cell

VERSION = ["model", "model_version"]
SERIES = [*VERSION, "benchmark", "metric"]
SCOPES = {"all_models": pl.lit("all"), "model": pl.col("model")}
CELL = ("scope_kind", "scope_id")
TEXTS = ("would_suffice", "status", "reason", "age_month_number")
NUMBERS = (
    "version_count",
    "crossed_version_count",
    "at_risk_count",
    "crossed_count",
    "effective_share",
    "effective_share_ci_low",
    "effective_share_ci_high",
    "median_effective_months",
    "version_months",
    "crossings_per_version_month_ratio",
)
CURVE = {
    **dict.fromkeys(CELL, pl.String),
    **dict.fromkeys(
        (
            "age_month_number",
            "version_count",
            "crossed_version_count",
            "at_risk_count",
            "crossed_count",
            "version_months",
        ),
        pl.Int64,
    ),
    **dict.fromkeys(
        (
            "effective_share",
            "effective_share_ci_low",
            "effective_share_ci_high",
            "median_effective_months",
        ),
        pl.Float64,
    ),
}


def model_churn(
    evaluations: pl.LazyFrame, coverage: pl.LazyFrame, *, loss_share: float, min_versions: int
) -> pl.LazyFrame:
    """One row per scope and age in months: the share of versions still effective at that age.

    A version stops being effective at its first fresh evaluation `loss_share` or more below its
    first fresh score, relative, on its most evaluated benchmark. Kaplan-Meier over versions in
    months begun; one that has not crossed counts up to its last evaluation. Crossings per
    version-month are the versions that crossed over all months watched.

    Null: the median while more than half are effective. Without fresh evaluations one row says so.
    Source: Kaplan and Meier (1958); the article's model churn.
    """
    crossed = in_every_scope(_versions(evaluations, loss_share), SCOPES)
    rows = [row for cell, counts in counts_per_cell(crossed, CELL) for row in _ages(cell, counts)]
    nothing = [{**dict.fromkeys(CURVE), "scope_kind": "all_models", "scope_id": "all"}]
    thin = [Minimum(column="version_count", least=min_versions, thing="versions")]
    return (
        pl.LazyFrame(rows or nothing, schema=CURVE)
        .join(missing_feeds(coverage, "model_evaluations", "model_versions"), how="cross")
        .with_columns(
            *status_and_reason(
                not_computable=[
                    MISSING_FEEDS,
                    (pl.col("version_count").is_null(), "no_fresh_evaluations"),
                ],
                provisional=too_thin(thin),
            ),
            would_suffice(thin),
            crossings_per_version_month_ratio=ratio(
                pl.col("crossed_version_count"), pl.col("version_months")
            ),
        )
        .select(*CELL, *TEXTS, *NUMBERS)
        .sort(*CELL, "age_month_number")
    )


def _versions(evaluations: pl.LazyFrame, loss_share: float) -> pl.LazyFrame:
    """Every version with the month it crossed in, or the whole months it has not."""
    fresh = evaluations.filter((pl.col("sample_kind") == "fresh") & (pl.col("age_months") >= 0))
    score, age = pl.col("score_share"), pl.col("age_months")
    is_below = score <= (1 - loss_share) * score.first()
    series = (
        fresh.sort("age_months")
        .group_by(SERIES, maintain_order=True)
        .agg(crossed_at=age.filter(is_below).min(), watched=age.max(), scores=pl.len())
        .sort("scores", "benchmark", "metric", descending=[True, False, False])
        .unique(VERSION, keep="first", maintain_order=True)
    )
    return series.select(
        *VERSION,
        lost_in_period_number=pl.col("crossed_at").ceil().clip(1).cast(pl.Int64),
        survived_period_count=pl.col("watched").floor().cast(pl.Int64),
        is_converted=pl.lit(value=True),
    )


def _ages(cell: Mapping[str, object], counts: SurvivalCounts) -> Iterator[dict[str, object]]:
    survival, error = counts.kaplan_meier()
    low, high = np.clip([survival - Z * error, survival + Z * error], 0, 1)
    below_half = np.flatnonzero(survival <= 1 / 2)
    whole = {
        "version_count": counts.customers,
        "crossed_version_count": int(counts.lost.sum()),
        "median_effective_months": float(below_half[0]) if len(below_half) else None,
        "version_months": int(counts.at_risk.sum()),
    }
    for age in range(counts.periods + 1):
        yield {
            **cell,
            **whole,
            "age_month_number": age,
            "at_risk_count": int(counts.at_risk[age - 1]) if age else None,
            "crossed_count": int(counts.lost[age - 1]) if age else None,
            "effective_share": float(survival[age]),
            "effective_share_ci_low": float(low[age]),
            "effective_share_ci_high": float(high[age]),
        }
