"""The one place where a metric divides."""

import polars as pl


def ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Numerator per denominator as Float64; null where either is null or the denominator is zero.

    Both sides become Float64 first: a quotient of decimals keeps their scale, and a cost per token
    would come out as 0.
    """
    divisor = denominator.cast(pl.Float64)
    return pl.when(divisor != 0).then(numerator.cast(pl.Float64) / divisor)


def positive(amount: pl.Expr) -> pl.Expr:
    """The amount where it is above zero, else null.

    For a divisor whose sign would turn a loss into a gain: -5 of margin over -10 of revenue.
    """
    return pl.when(amount > 0).then(amount)
