"""Churn of some customers' months against others', within strata of what else drives it."""

from collections.abc import Sequence

import polars as pl

from pipelines.metrics.intervals import Z
from pipelines.metrics.ratio import ratio


def hazard_ratios(months: pl.LazyFrame, cell: Sequence[str], strata: Sequence[str]) -> pl.LazyFrame:
    """One row per cell: churn per month of the exposed over that of the others, and its interval.

    Mantel-Haenszel rate ratio over the strata. `months`: the cell, the strata, `is_exposed`,
    `has_churned`; one row per customer's month at risk. Columns: hazard_ratio with ends,
    exposed_months, exposed_churned, other_months, other_churned.

    Null: the ratio where either side saw no churn in a stratum that holds both.
    Source: Greenland and Robins (1985), Estimation of a common effect parameter.
    """
    exposed, churned = pl.col("is_exposed"), pl.col("has_churned")
    strata_sums = months.group_by(*cell, *strata).agg(
        exposed_months=exposed.sum().cast(pl.Int64),
        other_months=(~exposed).sum().cast(pl.Int64),
        exposed_churned=(exposed & churned).sum().cast(pl.Int64),
        other_churned=(~exposed & churned).sum().cast(pl.Int64),
    )
    return strata_sums.group_by(cell).agg(**_sums()).select(*cell, **_columns())


COUNTS = ("exposed_months", "other_months", "exposed_churned", "other_churned")


def _sums() -> dict[str, pl.Expr]:
    exposed, other, lost_exposed, lost_other = (pl.col(name).cast(pl.Float64) for name in COUNTS)
    months, lost = exposed + other, lost_exposed + lost_other
    return {
        "above": ratio(lost_exposed * other, months).sum(),
        "below": ratio(lost_other * exposed, months).sum(),
        "spread": ratio(exposed * other * lost, months**2).sum(),
        **{name: pl.col(name).sum() for name in COUNTS},
    }


def _columns() -> dict[str, pl.Expr]:
    above, below = pl.col("above"), pl.col("below")
    is_known = (above > 0) & (below > 0)
    centre = ratio(above, below)
    width = Z * ratio(pl.col("spread"), above * below).sqrt()
    ratios = {
        "hazard_ratio": centre,
        "hazard_ratio_ci_low": centre * (-width).exp(),
        "hazard_ratio_ci_high": centre * width.exp(),
    }
    known = {name: pl.when(is_known).then(column) for name, column in ratios.items()}
    return {**known, **{name: pl.col(name) for name in COUNTS}}
