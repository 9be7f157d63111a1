"""Model efficiency value by a staggered rollout, difference in differences: evidence grade B."""

import polars as pl

from pipelines.metrics.credited_exposures import SERVICE
from pipelines.metrics.ratio import ratio


def rollout_values(exposures: pl.LazyFrame, margins: pl.LazyFrame) -> pl.LazyFrame:
    """One row per version and month of a rollout in waves: change of the served less of the others.

    value = served x [mean change of the served - mean change of those whose turn has not come],
    the change of a customer's margin (0 once they left) since the month before the first wave. The
    roster must be older than the rollout: one of survivors would be no comparison. No value once
    everybody is served.
    Source: Callaway and Sant'Anna (2021), with not-yet-treated controls.
    """
    waves = exposures.filter(~(pl.col("arm") == "holdout").any().over("model", "model_version"))
    first_wave = pl.col("assigned_date").min().over("model", "model_version")
    baseline = first_wave.dt.truncate("1mo").dt.offset_by("-1mo")
    before = margins.select(
        "customer_id", pl.col("usage_month").alias("baseline_month"), base_usd="margin_usd"
    )
    changes = (
        waves.with_columns(baseline_month=baseline)
        .join(before, on=["customer_id", "baseline_month"], how="inner", validate="m:1")
        .join(margins, on=["usage_month", "customer_id"], how="left", validate="m:1")
        .with_columns(change=pl.col("margin_usd").fill_null(0.0) - pl.col("base_usd"))
    )
    return changes.group_by(SERVICE).agg(**_groups()).filter(_has_both()).select(*_columns())


def _groups() -> dict[str, pl.Expr]:
    served, change = pl.col("is_exposed"), pl.col("change")
    return {
        "exposed_count": served.sum().cast(pl.Int64),
        "comparison_count": (~served).sum().cast(pl.Int64),
        "effect": change.filter(served).mean() - change.filter(~served).mean(),
        "variance": ratio(change.filter(served).var(), served.sum())
        + ratio(change.filter(~served).var(), (~served).sum()),
    }


def _has_both() -> pl.Expr:
    return (pl.col("exposed_count") > 1) & (pl.col("comparison_count") > 1)


def _columns() -> list[pl.Expr]:
    exposed = pl.col("exposed_count")
    return [
        *(pl.col(name) for name in SERVICE),
        pl.lit("B").alias("evidence_grade"),
        pl.col("exposed_count", "comparison_count"),
        (exposed * pl.col("effect")).alias("mev_usd"),
        (exposed * pl.col("variance").sqrt()).alias("standard_error_usd"),
    ]
