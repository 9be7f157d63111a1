"""The mart `restatements`: months that were reported as over and have moved since."""

import polars as pl

from pipelines.metrics.ratio import ratio

KEYS = ["metric", "metric_month"]
# A float that is computed anew may differ in its last digits.
TOLERANCE = 1e-9


def restatements(reported: pl.LazyFrame, scorecard: pl.LazyFrame) -> pl.LazyFrame:
    """One row per metric and month that moved after its month was over: first and current value.

    `reported` are earlier publications in their order, `scorecard` is what is published now. Months
    are taken from the first report in which they were complete.

    Null: a value where it was or is not computable; the change where either is; its share also
    where the first value is zero.
    """
    current = scorecard.filter(pl.col("metric_month").is_not_null()).select(
        *KEYS, "unit", "status", "reason", current_value="value"
    )
    moved = _first_reports(reported).join(current, on=KEYS, how="inner", validate="1:1")
    change = pl.col("current_value") - pl.col("first_value")
    return (
        moved.filter(_differs("first_value", "current_value"))
        .with_columns(change_value=change)
        .with_columns(
            change_share=ratio(pl.col("change_value"), pl.col("first_value").abs()),
            restatement_count=pl.col("later_reports")
            + _differs("last_value", "current_value").cast(pl.Int64),
        )
        .select(
            *KEYS,
            *("first_reported_date", "first_run_id", "unit", "first_status", "status", "reason"),
            *("first_value", "current_value", "change_value", "change_share", "restatement_count"),
        )
        .sort(KEYS)
    )


def _first_reports(reported: pl.LazyFrame) -> pl.LazyFrame:
    """The first report of each month that was over, the last one, and how often it moved between.

    A report that only changed its status counts not: no number moved.
    """
    over = reported.sort("report_number").filter(
        pl.col("is_month_complete").cum_max().over(KEYS, order_by="report_number")
    )
    is_anew = _differs("value", "value_before").fill_null(value=False)
    return (
        over.with_columns(
            value_before=pl.col("value").shift(1).over(KEYS, order_by="report_number"),
            place=pl.int_range(pl.len()).over(KEYS, order_by="report_number"),
        )
        .group_by(KEYS)
        .agg(
            first_reported_date=pl.col("reported_date").first(),
            first_run_id=pl.col("run_id").first(),
            first_status=pl.col("status").first(),
            first_value=pl.col("value").first(),
            last_value=pl.col("value").last(),
            later_reports=(is_anew & (pl.col("place") > 0)).sum().cast(pl.Int64),
        )
    )


def _differs(one: str, other: str) -> pl.Expr:
    a, b = pl.col(one), pl.col(other)
    far = (a - b).abs() > TOLERANCE * pl.max_horizontal(a.abs(), b.abs())
    return (a.is_null() != b.is_null()) | far.fill_null(value=False)
