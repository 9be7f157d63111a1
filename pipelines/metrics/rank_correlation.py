"""Rank correlations with their intervals, as expressions over the rows of a group."""

import polars as pl

from pipelines.metrics.intervals import Z
from pipelines.metrics.ratio import ratio

# Two ranks that differ by rounding of floats only are the same order.
SAME_ORDER = 1 - 1e-9


def spearman(one: str, other: str) -> pl.Expr:
    """Spearman's coefficient of two columns; null where one of them does not vary."""
    return pl.corr(pl.col(one).rank(), pl.col(other).rank()).fill_nan(None)


def partial(plain: str, with_first: str, with_second: str) -> pl.Expr:
    """The coefficient of two quantities given a third, from the three plain ones.

    Null where the third explains one of them entirely: nothing is left to agree or disagree.
    """
    one, two = pl.col(with_first), pl.col(with_second)
    left = ((1 - one**2) * (1 - two**2)).clip(lower_bound=0.0).sqrt()
    left_over = pl.when((one.abs() < SAME_ORDER) & (two.abs() < SAME_ORDER)).then(left)
    return ratio(pl.col(plain) - one * two, left_over).clip(-1.0, 1.0)


def with_interval(name: str, count: pl.Expr, *, given: int = 0) -> list[pl.Expr]:
    """Columns `<name>_ci_low` and `_ci_high` of a coefficient of so many rows.

    Fisher's transformation with the standard error of Bonett & Wright (2000); `given` counts the
    quantities that were held fixed. Null below four rows more than those, and at 1 or -1, where the
    transformation has no error to speak of.
    """
    open_ended = pl.when(pl.col(name).abs() < SAME_ORDER).then(name)
    error, middle = standard_error(open_ended, count, given=given), open_ended.arctanh()
    ends = (("ci_low", middle - Z * error), ("ci_high", middle + Z * error))
    return [end.tanh().fill_nan(None).alias(f"{name}_{suffix}") for suffix, end in ends]


def standard_error(coefficient: pl.Expr, count: pl.Expr, *, given: int = 0) -> pl.Expr:
    """Of Fisher's transformation of a rank correlation."""
    freedom = (count - 3 - given).cast(pl.Float64)
    return ratio(1 + coefficient**2 / 2, pl.when(freedom > 0).then(freedom)).sqrt()
