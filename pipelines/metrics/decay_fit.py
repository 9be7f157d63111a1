"""The fit of a version's decay: a weighted line through the logarithms of its scores."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from statsmodels.regression.linear_model import (  # type: ignore[import-untyped]  # ships no types
    WLS,
)

from pipelines.metrics.intervals import Numbers, Z

FIT_SCHEMA = pl.Struct(
    {"slope": pl.Float64, "slope_error": pl.Float64, "start_score_share": pl.Float64}
)


@dataclass(frozen=True)
class DecayFit:
    """Change of ln(score) per month, its standard error, and the fitted score at age 0."""

    slope: float
    slope_error: float
    start_score_share: float


def fit_decay(age_months: Numbers, score_shares: Numbers, item_counts: Numbers) -> DecayFit | None:
    """The line ln(score) = a + b x age, each score weighted with n p / (1 - p).

    The weights are the inverse variances of ln(p) of counted items, so the error of the slope
    follows from the counts alone. A score of 0 or 1 counts as half an item away from it. None where
    fewer than two ages differ.
    """
    if np.unique(age_months).size < 2:  # noqa: PLR2004 - a line needs two points
        return None
    half_item = 0.5 / item_counts
    shares = np.clip(score_shares, half_item, 1 - half_item)
    ages = np.column_stack([np.ones_like(age_months), age_months])
    weights = item_counts * shares / (1 - shares)
    line = WLS(np.log(shares), ages, weights=weights).fit(cov_type="fixed scale")
    start, slope = (float(value) for value in line.params)
    return DecayFit(slope, float(line.bse[1]), float(np.exp(start)))


def decay_of_lists(ages: str, scores: str, items: str) -> pl.Expr:
    """A struct of the fit of each row's three lists; null where there is none."""

    def fitted(rows: pl.Series) -> pl.Series:
        fits = [_as_row(row[ages], row[scores], row[items]) for row in rows]
        return pl.Series(fits, dtype=FIT_SCHEMA)

    return pl.struct(ages, scores, items).map_batches(fitted, return_dtype=FIT_SCHEMA)


def _as_row(
    ages: list[float] | None, scores: list[float] | None, items: list[float] | None
) -> dict[str, float] | None:
    if not ages or not scores or not items:
        return None
    columns = (np.asarray(values, dtype=np.float64) for values in (ages, scores, items))
    fit = fit_decay(*columns)
    return None if fit is None else vars(fit)


def decay_columns() -> dict[str, pl.Expr]:
    """Loss per month as a share, 1 - e^slope, and in points of the fitted start, with intervals."""
    slope = pl.col("fit").struct.field("slope")
    error = pl.col("fit").struct.field("slope_error")
    points = 100 * pl.col("fit").struct.field("start_score_share")
    slopes = {"": slope, "_ci_low": slope + Z * error, "_ci_high": slope - Z * error}
    shares = {f"monthly_decay_share{end}": 1 - value.exp() for end, value in slopes.items()}
    losses = {
        f"monthly_decay_points{end}": points * (1 - value.exp()) for end, value in slopes.items()
    }
    share_error = slope.exp() * error
    errors = {"decay_error_share": share_error, "decay_error_points": points * share_error}
    return {**shares, **losses, **errors}
