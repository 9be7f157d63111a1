"""Whether what customers leave grows by the same amount every month, or by the same share."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from pipelines.metrics.intervals import Numbers
from pipelines.metrics.line_fit import fit_line

YEAR = 12
# A difference of 4 in Akaike's criterion: the other shape is considerably less supported
# (Burnham & Anderson 2002).
DECISIVE = 4.0
NO_RESIDUAL = 1e-24
SHAPE_SCHEMA = pl.Struct(
    {
        "growth_shape": pl.String,
        "monthly_growth_share": pl.Float64,
        "monthly_growth_share_ci_low": pl.Float64,
        "monthly_growth_share_ci_high": pl.Float64,
        "twelve_month_growth_ratio": pl.Float64,
    }
)
Row = dict[str, str | float | None]


def growth_by_cell(
    customer_months: pl.LazyFrame, cell: Sequence[str], *, min_months: int
) -> pl.LazyFrame:
    """One row per cell: the shape of the mean margin per customer over the cell's months.

    Of customers who were there in every month, so that leavers do not make the rest look richer; a
    customer's month is one row.
    """
    customer = [*cell, "customer_id"]
    seen = customer_months.group_by(customer).agg(seen=pl.len())
    months = customer_months.group_by(cell).agg(months=pl.col("usage_month").n_unique())
    always = seen.join(months, on=cell, validate="m:1").filter(pl.col("seen") == pl.col("months"))
    whole = customer_months.join(always, on=customer, how="semi")
    monthly = (
        whole.group_by(*cell, "usage_month")
        .agg(margin=pl.col("margin_usd").cast(pl.Float64).mean(), customers=pl.len())
        .sort("usage_month")
        .group_by(cell)
        .agg("margin", growth_customer_count=pl.col("customers").first().cast(pl.Int64))
    )
    return monthly.with_columns(_shapes(min_months)).unnest("shape").drop("margin")


def _shapes(min_months: int) -> pl.Expr:
    def named(rows: pl.Series) -> pl.Series:
        return pl.Series([_shape(row, min_months) for row in rows], dtype=SHAPE_SCHEMA)

    return pl.col("margin").map_batches(named, return_dtype=SHAPE_SCHEMA).alias("shape")


def _shape(margins: Sequence[float], min_months: int) -> Row:
    """Null where there are too few months, or where one of them left nothing."""
    series = np.asarray(margins, dtype=np.float64)
    if series.size < min_months or series.min() <= 0:
        return dict.fromkeys(SHAPE_SCHEMA.to_schema())
    months = np.arange(series.size, dtype=np.float64)
    line = fit_line(np.log(series), months, is_series=True)
    if line is None or line.half_width is None:
        return dict.fromkeys(SHAPE_SCHEMA.to_schema())
    low, high = line.slope - line.half_width, line.slope + line.half_width
    shape = _named(series, months) if low > 0 or high < 0 else "none_seen"
    ends: Mapping[str, float] = {"": line.slope, "_ci_low": low, "_ci_high": high}
    growth: Row = {f"monthly_growth_share{end}": float(np.expm1(g)) for end, g in ends.items()}
    return {"growth_shape": shape, **growth, "twelve_month_growth_ratio": _year(shape, series)}


def _named(series: Numbers, months: Numbers) -> str:
    """The decisively likelier shape; errors add to a line and multiply on a curve."""
    straight = _unexplained(series, months) / series.mean() ** 2
    logarithms = np.log(series)
    curved = _unexplained(logarithms, months)
    jacobian = 2 * float(np.sum(logarithms - np.log(series.mean())))
    linear = series.size * np.log(max(straight, NO_RESIDUAL))
    compounding = series.size * np.log(max(curved, NO_RESIDUAL)) + jacobian
    if abs(linear - compounding) < DECISIVE:
        return "inconclusive"
    return "linear" if linear < compounding else "compounding"


def _unexplained(values: Numbers, months: Numbers) -> float:
    slope, start = np.polyfit(months, values, 1)
    return float(np.sum((values - start - slope * months) ** 2))


def _year(shape: str, series: Numbers) -> float | None:
    """What twelve more months make of one, if the shape lasts."""
    months = np.arange(series.size, dtype=np.float64)
    if shape == "compounding":
        slope, _ = np.polyfit(months, np.log(series), 1)
        return float(np.exp(slope) ** YEAR)
    if shape == "linear":
        slope, start = np.polyfit(months, series, 1)
        return float(1 + YEAR * slope / (start + slope * months[-1]))
    return None
