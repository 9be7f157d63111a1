"""The way a metric of the scorecard went since the month before."""

import polars as pl

# Two values nearer than this share of each other differ by rounding of floats, not by business.
FLAT_SHARE = 1e-9
SETTLED = ("ok", "inconclusive")


def with_trend(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows with `trend`, the way from the calendar month before where both are settled."""
    is_settled = pl.col("status").is_in(SETTLED)
    settled = rows.filter(is_settled).select(
        "metric",
        pl.col("metric_month").dt.offset_by("1mo"),
        last_value="value",
        last_low="ci_low",
        last_high="ci_high",
    )
    gain = (pl.col("value") - pl.col("last_value")) * pl.col("direction")
    is_noise = pl.col("value").is_between("last_low", "last_high") & gain.is_not_null()
    is_same = gain.abs() <= FLAT_SHARE * pl.col("last_value").abs()
    is_flat = is_same | is_noise.fill_null(value=False)
    way = (
        pl.when(is_flat)
        .then(pl.lit("flat"))
        .when(gain > 0)
        .then(pl.lit("improving"))
        .when(gain < 0)
        .then(pl.lit("worsening"))
    )
    return rows.join(
        settled, on=["metric", "metric_month"], how="left", validate="1:1"
    ).with_columns(trend=pl.when(is_settled).then(way))
