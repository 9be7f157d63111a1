"""What a component will cost in a month, from a line through the complete months before it."""

import polars as pl

from pipelines.metrics.student import student_quantile

# Two points are a line without any error; with three there is an interval.
LEAST_MONTHS = 3


def budget_forecasts(
    targets: pl.LazyFrame, history: pl.LazyFrame, *, window_months: int
) -> pl.LazyFrame:
    """One row per component and month of `targets`: the cost to expect, with its 95 % interval.

    A straight line through the newest `window_months` complete months before the target and the
    interval of a single new observation (Student); never below zero. Null below three months.
    `history` has every complete month of a component, `spent_usd` a float.
    """
    key = ["component", "budget_month"]
    before = (
        targets.select(key)
        .join(history, on="component", how="inner")
        .filter(pl.col("usage_month") < pl.col("budget_month"))
        .filter(pl.col("usage_month").rank("ordinal", descending=True).over(key) <= window_months)
        .with_columns(number=_number("usage_month"), target=_number("budget_month"))
    )
    across = pl.col("number") - pl.col("number").mean()
    up = pl.col("spent_usd") - pl.col("spent_usd").mean()
    sums = before.group_by(key).agg(
        history_month_count=pl.len().cast(pl.Int64),
        spread=(across**2).sum(),
        both=(across * up).sum(),
        height=(up**2).sum(),
        middle=pl.col("spent_usd").mean(),
        ahead=pl.col("target").first() - pl.col("number").mean(),
    )
    return sums.filter(pl.col("history_month_count") >= LEAST_MONTHS).select(
        *key, "history_month_count", **_line()
    )


def _number(month: str) -> pl.Expr:
    return (pl.col(month).dt.year() * 12 + pl.col(month).dt.month()).cast(pl.Float64)


def _line() -> dict[str, pl.Expr]:
    count, slope = pl.col("history_month_count"), pl.col("both") / pl.col("spread")
    rest = (pl.col("height") - slope * pl.col("both")).clip(lower_bound=0.0)
    single = 1 + 1 / count + pl.col("ahead") ** 2 / pl.col("spread")
    width = student_quantile(count - 2) * (rest / (count - 2) * single).sqrt()
    middle = pl.col("middle") + slope * pl.col("ahead")
    ends = {"": middle, "_ci_low": middle - width, "_ci_high": middle + width}
    return {f"forecast_usd{end}": value.clip(lower_bound=0.0) for end, value in ends.items()}
