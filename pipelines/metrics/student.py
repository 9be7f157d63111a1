"""Student's distribution, for the intervals of lines through few points."""

import polars as pl
from scipy.stats import t  # type: ignore[import-untyped]  # ships no types

from pipelines.metrics.intervals import CONFIDENCE


def student_quantile(freedom: pl.Expr) -> pl.Expr:
    """Half the width of a 95 % interval in standard errors, by degrees of freedom."""

    def quantile(numbers: pl.Series) -> pl.Series:
        return pl.Series(t.ppf((1 + CONFIDENCE) / 2, numbers.to_numpy()), dtype=pl.Float64)

    return freedom.map_batches(quantile, return_dtype=pl.Float64)
