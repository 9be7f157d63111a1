"""Churn and quality by the age of the version that served: the two curves a lag is read from."""

import numpy as np
import polars as pl

from pipelines.metrics.change_points import ChangePoint, fall_in_scores, rise_in_events
from pipelines.metrics.ratio import ratio

TENURE_BANDS = (1, 3, 6, 12)
VERSION = ["model", "model_version"]


def stale_months(customer_months: pl.LazyFrame, versions: pl.LazyFrame) -> pl.LazyFrame:
    """Paying customers' months with the age of the version that served them the month before.

    The version of the month before, because one who is leaving hardly uses the present one.
    Columns: model, model_version, age_months, tenure_band, has_churned.
    """
    now, then = pl.col("usage_month"), pl.col("promoted_month")
    age = (now.dt.year() - then.dt.year()) * 12 + now.dt.month() - then.dt.month()
    paying = customer_months.filter("is_customer").drop("model", "model_version")
    return (
        paying.join(
            _served_before(customer_months),
            on=["customer_id", "usage_month"],
            how="inner",
            validate="1:1",
        )
        .join(_promotions(versions), on=VERSION, how="inner", validate="m:1")
        .select(*VERSION, "has_churned", tenure_band=_band(), age_months=age.cast(pl.Int64))
        .filter(pl.col("age_months") >= 0)
    )


def _served_before(customer_months: pl.LazyFrame) -> pl.LazyFrame:
    next_month = pl.col("usage_month").dt.offset_by("1mo")
    served = customer_months.filter(pl.col("model_version").is_not_null())
    return served.select("customer_id", *VERSION, next_month)


def _promotions(versions: pl.LazyFrame) -> pl.LazyFrame:
    month = pl.col("promoted_at").dt.truncate("1mo").cast(pl.Date)
    return versions.select(*VERSION, month.alias("promoted_month"))


def _band() -> pl.Expr:
    tenure = pl.col("tenure_months")
    return pl.sum_horizontal((tenure >= bound).cast(pl.Int64) for bound in TENURE_BANDS)


def churn_rise(months: pl.DataFrame) -> ChangePoint | None:
    """The version age from which customers leave more often than those of like tenure do."""
    churned = pl.col("has_churned")
    usual = ratio(churned.sum(), pl.len()).over("tenure_band")
    by_age = (
        months.with_columns(usual=usual)
        .group_by("age_months")
        .agg(churned.sum().cast(pl.Int64).alias("events"), pl.col("usual").sum())
        .sort("age_months")
    )
    last = by_age["age_months"].max()
    if not isinstance(last, int):
        return None
    events, expected = np.zeros(last + 1, dtype=np.int64), np.zeros(last + 1)
    events[by_age["age_months"].to_numpy()] = by_age["events"].to_numpy()
    expected[by_age["age_months"].to_numpy()] = by_age["usual"].to_numpy()
    return rise_in_events(events, expected)


def quality_fall(evaluations: pl.DataFrame) -> ChangePoint | None:
    """The version age from which fresh scores lie below the version's usual ones."""
    group = ["model_version", "benchmark", "metric"]
    rows = evaluations.with_columns(
        residual=pl.col("score_share") - pl.col("score_share").mean().over(group),
        age=pl.col("age_months").floor(),
        group=pl.struct(group).rank("dense").cast(pl.Int64),
    ).sort("group", "age_months")
    if rows.height == 0:
        return None
    columns = (rows[name].to_numpy() for name in ("age", "residual", "group"))
    return fall_in_scores(*columns)
