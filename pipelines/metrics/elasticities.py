"""How strongly one monthly series follows another, in percent per percent, with an interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.metrics.line_fit import fit_line

Months = Mapping[str, list[date | float | None]]


@dataclass(frozen=True, kw_only=True)
class Elasticity:
    """d ln(`of`) / d ln(`to`); `to` None: the growth of ln(`of`) per month."""

    name: str
    of: str
    to: str | None = None


def trailing(rows: pl.LazyFrame, months: int, columns: Sequence[str]) -> pl.LazyFrame:
    """One row per month: the complete months of the window that ends with it, as lists.

    A month counts where every column is above zero: a logarithm of nothing says nothing.
    """
    is_usable = pl.col("is_complete") & pl.all_horizontal(pl.col(name) > 0 for name in columns)
    numbers = [pl.col(name).cast(pl.Float64) for name in columns]
    known = rows.filter(is_usable.fill_null(value=False)).select("usage_month", *numbers)
    ends = rows.select(window_month="usage_month")
    since = pl.col("window_month").dt.offset_by(f"-{months - 1}mo")
    return (
        ends.join(known, how="cross")
        .filter(pl.col("usage_month").is_between(since, pl.col("window_month")))
        .sort("window_month", "usage_month")
        .group_by("window_month", maintain_order=True)
        .agg("usage_month", *columns, month_count=pl.len().cast(pl.Int64))
        .rename({"usage_month": "window_months", "window_month": "usage_month"})
    )


def with_elasticities(windows: pl.LazyFrame, elasticities: Sequence[Elasticity]) -> pl.LazyFrame:
    """The windows with each elasticity, its ends, and `<name>_error`.

    A line through the logarithms; what months have in common with their neighbours widens the
    interval. Null where a series stands still; ends null with fewer than three months.
    """
    parts = ("", "_ci_low", "_ci_high", "_error")
    names = [f"{elasticity.name}{part}" for elasticity in elasticities for part in parts]
    schema = pl.Struct(dict.fromkeys(names, pl.Float64))
    columns = {name for one in elasticities for name in (one.of, one.to) if name is not None}

    def fitted(rows: pl.Series) -> pl.Series:
        fits = [_fits(row, elasticities) for row in rows]
        return pl.Series(fits, dtype=schema)

    lists = pl.struct("window_months", *sorted(columns))
    fits = lists.map_batches(fitted, return_dtype=schema).alias("fits")
    return windows.with_columns(fits).drop(*columns).unnest("fits")


def _fits(row: Months, elasticities: Sequence[Elasticity]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for one in elasticities:
        values = np.log(np.asarray(row[one.of], dtype=np.float64))
        driver = _ages(row) if one.to is None else np.log(np.asarray(row[one.to], dtype=np.float64))
        line = fit_line(values, driver, is_series=True)
        if line is None:
            continue
        low, high = None, None
        if line.half_width is not None:
            low, high = line.slope - line.half_width, line.slope + line.half_width
        found |= {
            one.name: line.slope,
            f"{one.name}_ci_low": low,
            f"{one.name}_ci_high": high,
            f"{one.name}_error": line.error,
        }
    return found


def _ages(row: Months) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    days = [day for day in row["window_months"] if isinstance(day, date)]
    return np.asarray([12 * day.year + day.month for day in days], dtype=np.float64)
