"""The mart `retention_decay_lag`: how long after quality falls customers begin to leave."""

import polars as pl

from pipelines.metrics.change_points import ChangePoint
from pipelines.metrics.staleness import churn_rise, quality_fall, stale_months
from pipelines.metrics.statuses import MISSING_FEEDS, missing_feeds, status_and_reason
from pipelines.metrics.sufficiency import Minimum, would_suffice

FEEDS = ("customers", "inference_logs", "model_evaluations", "model_versions")
TEXTS = ("finding", "would_suffice", "status", "reason")
COUNTS = (
    "refresh_cycle_count",
    "customer_months",
    "churned_customer_count",
    "evaluation_count",
)
AGES = ("churn_rise_age_months", "quality_fall_age_months", "warning_months")
ENDS = tuple(f"{age}{end}" for age in AGES for end in ("", "_ci_low", "_ci_high"))
CHANCES = ("churn_rise_chance_share", "quality_fall_chance_share", "churn_rise_ratio")
FOUND = {
    "model": pl.String,
    **dict.fromkeys((*COUNTS, *ENDS), pl.Int64),
    **dict.fromkeys(CHANCES, pl.Float64),
}
Figures = dict[str, object]


def retention_decay_lag(
    customer_months: pl.LazyFrame,
    versions: pl.LazyFrame,
    evaluations: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    level: float,
    min_cycles: int,
) -> pl.LazyFrame:
    """One row per model: the version age at which churn rises, less that at which quality falls.

    Both ages are change points over the age of the serving version: of churn against customers of
    like tenure (Poisson likelihood ratio), of fresh scores within a version (shuffled scores). A
    change point counts where chance does as much in at most `level` of simulated worlds; the
    interval holds the ages that fit about as well. A version's refresh resets the age, so at least
    `min_cycles` versions must have been seen to age.

    Null: the lag unless both change points are found (`not_identified`, with its reason).
    Source: the article's retention decay lag.
    """
    months = stale_months(customer_months, versions).collect()
    fresh = evaluations.filter(
        (pl.col("sample_kind") == "fresh") & (pl.col("age_months") >= 0)
    ).collect()
    models = versions.select(pl.col("model").unique().sort()).collect()["model"]
    rows = [_row(model, months, fresh, level, min_cycles) for model in models]
    cycles = [Minimum(column="refresh_cycle_count", least=min_cycles, thing="refresh_cycles")]
    return (
        pl.LazyFrame(rows, schema=FOUND)
        .join(missing_feeds(coverage, *FEEDS), how="cross")
        .with_columns(*_status(level, cycles), would_suffice(cycles))
        .with_columns(finding=_finding())
        .select("model", *TEXTS, *COUNTS, *ENDS, *CHANCES)
        .sort("model")
    )


def _row(
    model: str, months: pl.DataFrame, fresh: pl.DataFrame, level: float, min_cycles: int
) -> Figures:
    served = months.filter(pl.col("model") == model)
    scored = fresh.filter(pl.col("model") == model)
    aged = served.group_by("model_version").agg(pl.col("age_months").n_unique())
    cycles = aged.filter(pl.col("age_months") > 1).height
    counted: Figures = {
        "model": model,
        "refresh_cycle_count": cycles,
        "customer_months": served.height,
        "churned_customer_count": int(served["has_churned"].sum()),
        "evaluation_count": scored.height,
    }
    rise = churn_rise(served) if cycles >= min_cycles else None
    fall = quality_fall(scored) if cycles >= min_cycles else None
    found = _ends(AGES[0], rise, level) | _ends(AGES[1], fall, level) | _lag(rise, fall, level)
    chances = (rise.chance if rise else None, fall.chance if fall else None)
    strength = rise.rate_ratio if rise and rise.chance <= level else None
    empty: Figures = dict.fromkeys(FOUND)
    return empty | counted | found | dict(zip(CHANCES, (*chances, strength), strict=True))


def _ends(name: str, point: ChangePoint | None, level: float) -> Figures:
    if point is None or point.chance > level:
        return {}
    return {name: point.age, f"{name}_ci_low": point.age_low, f"{name}_ci_high": point.age_high}


def _lag(rise: ChangePoint | None, fall: ChangePoint | None, level: float) -> Figures:
    """The warning time; its ends take the ends of both, the widest that fits."""
    if rise is None or fall is None or max(rise.chance, fall.chance) > level:
        return {}
    name = AGES[2]
    return {
        name: rise.age - fall.age,
        f"{name}_ci_low": rise.age_low - fall.age_high,
        f"{name}_ci_high": rise.age_high - fall.age_low,
    }


def _status(level: float, cycles: list[Minimum]) -> list[pl.Expr]:
    churn, quality = (pl.col(name) for name in CHANCES[:2])
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            (cycles[0].is_missed, f"fewer_than_{cycles[0].least}_refresh_cycles"),
            (churn.is_null(), "too_few_churned_customers"),
            (quality.is_null(), "too_few_fresh_evaluations"),
        ],
        inconclusive=[
            (churn > level, "no_rise_in_churn_with_age"),
            (quality > level, "no_fall_in_quality_with_age"),
        ],
    )


def _finding() -> pl.Expr:
    found = pl.when(pl.col("status") == "ok").then(pl.lit("identified"))
    return found.otherwise(pl.lit("not_identified"))
