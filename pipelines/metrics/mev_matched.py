"""Model efficiency value by customers alike in tenure, plan and use: evidence grade C."""

import polars as pl

from pipelines.metrics.credited_exposures import SERVICE
from pipelines.metrics.ratio import ratio

TENURE_BANDS = (3, 12)
TERCILES = 3
CELL = ["plan", "tenure_band", "usage_tercile"]


def matched_values(
    service: pl.LazyFrame, exposures: pl.LazyFrame, customer_months: pl.LazyFrame
) -> pl.LazyFrame:
    """One row per version and month: its customers against alike ones of the version before.

    value = sum over cells of served x (mean margin served - mean margin of the others) in the
    month, cells of tenure (under 3, 3 to 11, from 12 months) x plan x tercile of use. The version
    is that of the month before, so that leaving cannot choose it; customers in an experiment of
    the model are left to it. Cells need two customers on either side.
    """
    served = _served_before(customer_months)
    versions = service.select(*SERVICE, "previous_model_version")
    taken = exposures.select("usage_month", "model", "customer_id")
    cells = ["usage_month", "model", *CELL]
    either = served.join(taken, on=["usage_month", "model", "customer_id"], how="anti")
    sums = either.group_by(*cells, "model_version").agg(
        count=pl.len().cast(pl.Int64),
        mean=pl.col("margin_usd").mean(),
        variance=ratio(pl.col("margin_usd").var(), pl.len()),
    )
    others = sums.rename({"model_version": "previous_model_version"})
    pairs = sums.join(versions, on=SERVICE, how="inner").join(
        others, on=[*cells, "previous_model_version"], how="inner", suffix="_before"
    )
    has_both = (pl.col("count") > 1) & (pl.col("count_before") > 1)
    return (
        pairs.filter(has_both)
        .group_by(SERVICE)
        .agg(**_sums())
        .with_columns(evidence_grade=pl.lit("C"))
    )


def _served_before(customer_months: pl.LazyFrame) -> pl.LazyFrame:
    """Paying customers' months with the version of the month before, and what they left."""
    tenure, requests = pl.col("tenure_months"), pl.col("successful_requests")
    early, late = TENURE_BANDS
    band = pl.when(tenure < early).then(0).when(tenure < late).then(1).otherwise(2)
    rank = (requests.rank("ordinal") - 1) * TERCILES // pl.len()
    paying = customer_months.filter(pl.col("is_customer") & ~pl.col("has_churned")).sort(
        "usage_month", "customer_id"
    )
    before = paying.filter(pl.col("model_version").is_not_null()).select(
        "customer_id",
        "model",
        "model_version",
        "plan",
        usage_month=pl.col("usage_month").dt.offset_by("1mo"),
        tenure_band=band,
        usage_tercile=rank.over("usage_month"),
    )
    left = customer_months.select(
        "usage_month", "customer_id", margin_usd=(pl.col("revenue_usd") - pl.col("cost_usd"))
    )
    joined = before.join(left, on=["usage_month", "customer_id"], how="left", validate="1:1")
    return joined.with_columns(pl.col("margin_usd").cast(pl.Float64).fill_null(0.0))


def _sums() -> dict[str, pl.Expr]:
    served = pl.col("count")
    variance = served**2 * (pl.col("variance") + pl.col("variance_before"))
    return {
        "exposed_count": served.sum(),
        "comparison_count": pl.col("count_before").sum(),
        "mev_usd": (served * (pl.col("mean") - pl.col("mean_before"))).sum(),
        "standard_error_usd": variance.sum().sqrt(),
    }
