"""The versions that no other beats on gain and compute at once."""

import polars as pl

VERSION = ("model", "model_version")


def frontier_by_month(releases: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """One row per month: of the versions promoted by its end, those on the frontier.

    One version beats another where it gained at least as much for at most as much compute, and one
    of both strictly. A version without known gain or compute is not compared.
    """
    compared = releases.filter(
        pl.col("gain_points").is_not_null()
        & pl.col("compute_usd").is_not_null()
        & pl.col("promoted_date").is_not_null()
    ).select(*VERSION, "promoted_date", "gain_points", "compute_usd")
    promoted = months.select("usage_month").join(compared, how="cross")
    known = promoted.filter(pl.col("promoted_date") <= pl.col("usage_month").dt.month_end())
    pairs = known.join(known, on="usage_month", how="inner", suffix="_rival")
    names = pl.format("{} {}", *VERSION)
    judged = pairs.group_by("usage_month", *VERSION).agg(is_beaten=_is_beaten().any())
    return judged.group_by("usage_month").agg(
        compared_version_count=pl.len().cast(pl.Int64),
        frontier_version_count=(~pl.col("is_beaten")).sum().cast(pl.Int64),
        frontier_versions=names.filter(~pl.col("is_beaten")).sort().str.join(", "),
    )


def _is_beaten() -> pl.Expr:
    gain, rival_gain = pl.col("gain_points"), pl.col("gain_points_rival")
    compute, rival_compute = pl.col("compute_usd"), pl.col("compute_usd_rival")
    is_as_good = (rival_gain >= gain) & (rival_compute <= compute)
    return is_as_good & ((rival_gain > gain) | (rival_compute < compute))
