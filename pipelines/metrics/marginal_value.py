"""What one more inference is worth: a slope within customers, sure as far as customers agree."""

from collections.abc import Sequence

import polars as pl
from scipy.stats import t as student  # type: ignore[import-untyped]  # ships no types

from pipelines.metrics.intervals import CONFIDENCE
from pipelines.metrics.ratio import positive, ratio


def marginal_value(customer_months: pl.LazyFrame, cell: Sequence[str]) -> pl.LazyFrame:
    """One row per cell: slope of a customer's monthly value over their calls, with its interval.

    Each customer is compared with themselves in other months, so that large customers do not pass
    for more calls, and weighs one over their mean calls: the value of calls that come one by one
    varies as their number. Errors by leaving out one customer at a time (the jackknife, CR3:
    MacKinnon, Nielsen & Webb 2023), Student's t with one less than the customers free. Columns
    `marginal_value_usd`, `_ci_low`, `_ci_high`, `marginal_error`, `customer_count` (seen in two
    months or more), `customer_month_count`.

    Null: where no customer's calls differ between months; the interval with fewer than two such.
    """
    repeated = _within_customers(customer_months, cell)
    sums = repeated.group_by(cell).agg(
        all_spread=pl.col("spread").sum(),
        all_shared=pl.col("shared").sum(),
        customer_count=pl.len().cast(pl.Int64),
        customer_month_count=pl.col("month_count").sum(),
    )
    slope = ratio(pl.col("all_shared"), positive(pl.col("all_spread")))
    pull = pl.col("shared") - slope * pl.col("spread")
    without = positive(pl.col("all_spread") - pl.col("spread"))
    moved = (
        repeated.join(sums, on=cell, how="left", validate="m:1")
        .group_by(cell)
        .agg(moved=(ratio(pull, without) ** 2).sum(), is_one=ratio(pull, without).is_null().any())
    )
    counts = ("customer_count", "customer_month_count")
    return sums.join(moved, on=cell, how="left", validate="1:1").select(
        *cell, *counts, marginal_value_usd=slope, **_interval(slope)
    )


def _within_customers(customer_months: pl.LazyFrame, cell: Sequence[str]) -> pl.LazyFrame:
    """How a customer's calls spread over their months, and how value went with them."""
    calls, value = pl.col("billable_requests").cast(pl.Float64), pl.col("value_usd")
    # plain sums, so that millions of months are added in one pass
    sums = customer_months.with_columns(square=calls**2, product=calls * value).group_by(
        *cell, "customer_id"
    )
    within = sums.agg(
        month_count=pl.len().cast(pl.Int64),
        calls=calls.sum(),
        value=value.sum(),
        square=pl.col("square").sum(),
        product=pl.col("product").sum(),
    ).with_columns(mean_calls=ratio(pl.col("calls"), pl.col("month_count")))
    mean = pl.col("mean_calls")
    within = within.with_columns(
        spread=ratio(pl.col("square") - mean * pl.col("calls"), mean),
        shared=ratio(pl.col("product") - mean * pl.col("value"), mean),
    )
    return within.filter(pl.col("month_count") > 1)


def _interval(slope: pl.Expr) -> dict[str, pl.Expr]:
    customers = pl.col("customer_count").cast(pl.Float64)
    error = ((customers - 1) / customers * pl.col("moved")).sqrt()
    # one customer alone carries the slope: nobody else shows how sure it is
    known = pl.when((customers > 1) & ~pl.col("is_one")).then(error)
    width = _quantile(pl.col("customer_count") - 1) * known
    return {
        "marginal_value_usd_ci_low": slope - width,
        "marginal_value_usd_ci_high": slope + width,
        "marginal_error": known,
    }


def _quantile(free: pl.Expr) -> pl.Expr:
    def of(counts: pl.Series) -> pl.Series:
        positives = counts.cast(pl.Float64).clip(lower_bound=1).to_numpy()
        return pl.Series(student.ppf((1 + CONFIDENCE) / 2, positives), dtype=pl.Float64)

    return free.map_batches(of, return_dtype=pl.Float64)
