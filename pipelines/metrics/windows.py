"""The months behind a month: what an estimate at its end may look back on."""

import polars as pl


def in_windows(rows: pl.LazyFrame, months: int) -> pl.LazyFrame:
    """Every row once per month whose window it is in, as `window_month`.

    A window is the month and those before it, `months` in all; only complete months are in it.
    """
    ends = rows.select(window_month="usage_month").unique()
    since = pl.col("window_month").dt.offset_by(f"-{months - 1}mo")
    is_within = pl.col("usage_month").is_between(since, pl.col("window_month"))
    return rows.filter("is_complete").join(ends, how="cross").filter(is_within)
