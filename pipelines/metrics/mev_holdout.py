"""Model efficiency value by a randomised holdout: evidence grade A."""

import polars as pl

from pipelines.metrics.credited_exposures import SERVICE
from pipelines.metrics.ratio import ratio

ARMS = ("treatment", "holdout")


def holdout_values(exposures: pl.LazyFrame, margins: pl.LazyFrame) -> pl.LazyFrame:
    """One row per version and month with both arms: what its customers left more than the held out.

    value = exposed x (S_T m_T - S_H m_H), in three parts: kept = exposed x (S_T - S_H) x m_H,
    expansion = exposed x S_T x (m_T - m_H), and the same difference of those who had not paid when
    they were assigned (conversion). S: share still paying at the month's end; m: contribution
    margin of those in the month. Variances of shares and means are added.

    Customers count from the month they were assigned in.
    """
    is_begun = pl.col("assigned_date") <= pl.col("month_end_date")
    units = (
        exposures.filter(is_begun)
        .join(margins, on=["usage_month", "customer_id"], how="left", validate="m:1")
        .with_columns(had_paid=_by("converted_date", "assigned_date"), **_outcome())
    )
    arms = units.group_by(SERVICE).agg(**_arm_figures())
    has_both = (pl.col("exposed_count") > 0) & (pl.col("comparison_count") > 0)
    return (
        arms.filter(has_both)
        .with_columns(**_effects())
        .with_columns(**_values())
        .select(*_columns())
    )


def _by(event: str, day: str) -> pl.Expr:
    return (pl.col(event) <= pl.col(day)).fill_null(value=False)


def _outcome() -> dict[str, pl.Expr]:
    is_there = _by("converted_date", "month_end_date") & ~_by("churned_date", "month_end_date")
    return {
        "is_there": is_there,
        "left_usd": pl.when(is_there).then(pl.col("margin_usd").fill_null(0.0)),
    }


def _arm_figures() -> dict[str, pl.Expr]:
    figures: dict[str, pl.Expr] = {}
    for arm in ARMS:
        paid = (pl.col("arm") == arm) & pl.col("had_paid")
        trial = (pl.col("arm") == arm) & ~pl.col("had_paid")
        there = pl.col("is_there")
        left = pl.col("left_usd").filter(paid & there)
        figures |= {
            f"{arm}_paid": paid.sum().cast(pl.Int64),
            f"{arm}_kept": there.filter(paid).mean(),
            f"{arm}_trial": trial.sum().cast(pl.Int64),
            f"{arm}_converted": there.filter(trial).mean(),
            f"{arm}_margin": left.mean(),
            f"{arm}_margin_variance": ratio(left.var(), left.len()).fill_null(0.0),
        }
    exposed = pl.col("arm") == "treatment"
    figures["exposed_count"] = exposed.sum().cast(pl.Int64)
    figures["comparison_count"] = (~exposed).sum().cast(pl.Int64)
    return figures


def _share_variance(share: str, count: str) -> pl.Expr:
    share_there = pl.col(share)
    return ratio(share_there * (1 - share_there), pl.col(count))


def _effects() -> dict[str, pl.Expr]:
    return {
        "kept_effect": pl.col("treatment_kept") - pl.col("holdout_kept"),
        "kept_variance": _share_variance("treatment_kept", "treatment_paid")
        + _share_variance("holdout_kept", "holdout_paid"),
        "converted_effect": pl.col("treatment_converted") - pl.col("holdout_converted"),
        "converted_variance": _share_variance("treatment_converted", "treatment_trial")
        + _share_variance("holdout_converted", "holdout_trial"),
        "margin_effect": (pl.col("treatment_margin") - pl.col("holdout_margin")).fill_null(0.0),
        "base_margin": pl.coalesce("holdout_margin", "treatment_margin"),
    }


def _values() -> dict[str, pl.Expr]:
    paid, trial, margin = pl.col("treatment_paid"), pl.col("treatment_trial"), pl.col("base_margin")
    there = paid * pl.col("treatment_kept")
    kept = paid * pl.col("kept_effect")
    margin_variance = pl.col("treatment_margin_variance") + pl.col("holdout_margin_variance")
    variance = (
        ((paid * margin) ** 2 * pl.col("kept_variance")).fill_null(0.0)
        + ((trial * margin) ** 2 * pl.col("converted_variance")).fill_null(0.0)
        + (there**2 * margin_variance).fill_null(0.0)
    )
    return {
        "kept_usd": (kept * margin),
        "converted_usd": (trial * pl.col("converted_effect") * margin).fill_null(0.0),
        "expanded_usd": (there * pl.col("margin_effect")),
        "standard_error_usd": variance.sqrt(),
    }


def _columns() -> list[pl.Expr]:
    parts = ("kept_usd", "converted_usd", "expanded_usd")
    return [
        *(pl.col(name) for name in SERVICE),
        pl.lit("A").alias("evidence_grade"),
        pl.col("exposed_count", "comparison_count", "standard_error_usd", *parts),
        pl.sum_horizontal(parts).alias("mev_usd"),
        (1 - pl.col("treatment_kept")).alias("exposed_churn_share"),
        (1 - pl.col("holdout_kept")).alias("comparison_churn_share"),
    ]
