"""The mart `dataset_roi`: what a dataset brought in points, and those in dollars, for its cost."""

import polars as pl

from pipelines.metrics.intervals import Z
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import (
    MISSING_FEEDS,
    UNCONVERTED_LINES,
    missing_feeds,
    status_and_reason,
)

DAYS_PER_MONTH = 30.4375
FEEDS = ("training_runs", "model_versions", "model_evaluations")
ENDS = ("", "_ci_low", "_ci_high")
GRADES = {"alone": "C", "shared": "D"}
SUFFICIENT = "a compared release that adds this dataset alone"
TEXTS = ("evidence_grade", "evidence_basis", "would_suffice", "status", "reason")
DATES = ("first_date", "retired_date")
COUNTS = ("version_count", "compared_release_count", "unconverted_lines")
FIGURES = (
    *(f"{name}{end}" for name in ("gain_points", "gain_value_usd") for end in ENDS),
    "gain_point_months",
    "gain_per_thousand_usd_points",
    *(f"dataset_roi_ratio{end}" for end in ENDS),
)


def dataset_roi(
    costs: pl.LazyFrame,
    gains: pl.LazyFrame,
    retrains: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    life_months: float,
) -> pl.LazyFrame:
    """One row per dataset: (points x value of a point and month x life - cost) / cost.

    Points are the dataset's parts of the gains of the releases that learnt from it: the whole gain
    where it alone was added or in use (evidence grade C), else an equal part (grade D). Life is
    `life_months` from the release, at most until the dataset was given up. Cost is what was
    invoiced for it. Data that no promoted version used gained nothing and needs no evidence. The
    intervals are the gains'; value of a point, life and equal parts are taken as known.

    Null: without cost, a compared release, or the value of a point.
    Source: the article's question which data pay; straight-line life as in the ledger.
    """
    return (
        costs.join(
            _summed(_parts(costs, gains, retrains, life_months)), on="dataset_id", how="left"
        )
        .join(missing_feeds(coverage, *FEEDS), how="cross")
        .with_columns(**_evidence())
        .with_columns(**_figures())
        .with_columns(**_returns())
        .with_columns(_status())
        .select("dataset_id", *DATES, *TEXTS, *COUNTS, "data_cost_usd", *FIGURES)
        .sort("dataset_id")
    )


def _parts(
    costs: pl.LazyFrame, gains: pl.LazyFrame, retrains: pl.LazyFrame, life_months: float
) -> pl.LazyFrame:
    """A row per dataset and compared release: its part of the gain, its worth, and their errors."""
    compared = retrains.filter(pl.col("gain_points").is_not_null()).select(
        *("model", "model_version", "promoted_date", "gain_points", "monthly_value_usd"),
        gain_error=(pl.col("gain_points_ci_high") - pl.col("gain_points_ci_low")) / (2 * Z),
    )
    kept = (pl.col("retired_date") - pl.col("promoted_date")).dt.total_days() / DAYS_PER_MONTH
    life = pl.min_horizontal(pl.lit(life_months, dtype=pl.Float64), kept).clip(lower_bound=0)
    share = pl.col("gain_share")
    return (
        gains.join(compared, on=["model", "model_version"], how="inner", validate="m:1")
        .join(costs.select("dataset_id", "retired_date"), on="dataset_id", validate="m:1")
        .with_columns(
            points=share * pl.col("gain_points"), error=share * pl.col("gain_error"), life=life
        )
        .with_columns(worth=pl.col("life") * pl.col("monthly_value_usd"))
    )


def _summed(parts: pl.LazyFrame) -> pl.LazyFrame:
    points, error, worth = (pl.col(name) for name in ("points", "error", "worth"))
    is_shared = (pl.col("evidence_basis") == "shared").any()
    return parts.group_by("dataset_id").agg(
        points=points.sum(),
        points_error=(error**2).sum().sqrt(),
        gain_point_months=(points * pl.col("life")).sum(),
        value=(points * worth).sum(),
        value_error=((error * worth) ** 2).sum().sqrt(),
        is_valued=worth.is_not_null().all(),
        compared_release_count=pl.len().cast(pl.Int64),
        basis=pl.when(is_shared).then(pl.lit("shared")).otherwise(pl.lit("alone")),
    )


def _is_unused() -> pl.Expr:
    return (pl.col("version_count") == 0) & pl.col("missing_feeds").is_null()


def _evidence() -> dict[str, pl.Expr]:
    unused = pl.when(_is_unused())
    is_weak = pl.col("basis").ne_missing(pl.lit("alone")) & ~_is_unused()
    grade = pl.col("basis").replace_strict(GRADES, default="E", return_dtype=pl.String)
    return {
        "evidence_basis": unused.then(pl.lit("unused")).otherwise(
            pl.coalesce("basis", pl.lit("none"))
        ),
        "evidence_grade": pl.when(~_is_unused()).then(grade),
        "would_suffice": pl.when(is_weak).then(pl.lit(SUFFICIENT)),
        "compared_release_count": pl.col("compared_release_count").fill_null(0),
    }


def _figures() -> dict[str, pl.Expr]:
    nothing = pl.when(_is_unused()).then(0.0)
    value = pl.when("is_valued").then("value")
    centres = {
        "gain_points": (pl.col("points"), pl.col("points_error")),
        "gain_value_usd": (value, pl.col("value_error")),
    }
    columns = {"gain_point_months": nothing.otherwise("gain_point_months")}
    for name, (centre, error) in centres.items():
        ends = (centre, centre - Z * error, centre + Z * error)
        for end, amount in zip(ENDS, ends, strict=True):
            columns[f"{name}{end}"] = nothing.otherwise(amount)
    return columns


def _returns() -> dict[str, pl.Expr]:
    cost = positive(pl.col("data_cost_usd").cast(pl.Float64))
    returns = {
        f"dataset_roi_ratio{end}": ratio(pl.col(f"gain_value_usd{end}") - cost, cost)
        for end in ENDS
    }
    per_thousand = 1000 * ratio(pl.col("gain_points"), cost)
    return {"gain_per_thousand_usd_points": per_thousand, **returns}


def _status() -> list[pl.Expr]:
    low, high = (pl.col(f"dataset_roi_ratio{end}") for end in ENDS[1:])
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            (positive(pl.col("data_cost_usd")).is_null(), "no_cost"),
            (pl.col("gain_points").is_null(), "no_compared_release"),
            (pl.col("gain_value_usd").is_null(), "no_point_value"),
        ],
        provisional=[UNCONVERTED_LINES, (pl.col("evidence_grade") == "D", "gain_is_shared")],
        inconclusive=[((low < 0) & (high > 0), "interval_holds_zero")],
    )
