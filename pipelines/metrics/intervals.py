"""The 95 % intervals of the metrics, what they decide, and how many observations would."""

from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import norm  # type: ignore[import-untyped]  # ships no types
from statsmodels.stats.proportion import (  # type: ignore[import-untyped]  # ships no types
    confint_proportions_2indep,
    proportion_confint,
)

Numbers = NDArray[np.float64]
Better = Literal["higher", "lower"]

CONFIDENCE = 0.95
Z = float(norm.ppf((1 + CONFIDENCE) / 2))


def wilson(successes: Numbers, items: Numbers) -> tuple[Numbers, Numbers]:
    """The interval of a share of counted items (Wilson 1927)."""
    low, high = proportion_confint(successes, items, alpha=1 - CONFIDENCE, method="wilson")
    return np.asarray(low), np.asarray(high)


def newcombe(
    successes: Numbers, items: Numbers, other_successes: Numbers, other_items: Numbers
) -> tuple[Numbers, Numbers]:
    """The interval of a share less an independent other share (Newcombe 1998, method 10)."""
    low, high = confint_proportions_2indep(
        successes,
        items,
        other_successes,
        other_items,
        method="newcomb",
        compare="diff",
        alpha=1 - CONFIDENCE,
    )
    return np.asarray(low), np.asarray(high)


def wilson_of(score: str, items: str) -> pl.Expr:
    """A struct `low`, `high`: the Wilson interval of a score column; null where it is null."""

    def interval(rows: pl.Series) -> pl.Series:
        shares, counts = (rows.struct.field(name).cast(pl.Float64) for name in (score, items))
        low, high = wilson((shares * counts).to_numpy(), counts.to_numpy())
        return _struct(low, high)

    return pl.struct(score, items).map_batches(interval, return_dtype=INTERVAL)


def newcombe_of(score: str, items: str, other_score: str, other_items: str) -> pl.Expr:
    """A struct `low`, `high`: the Newcombe interval of a score less another one."""
    names = (score, items, other_score, other_items)

    def interval(rows: pl.Series) -> pl.Series:
        one, n_one, two, n_two = (rows.struct.field(name).cast(pl.Float64) for name in names)
        counts = ((one * n_one).to_numpy(), n_one.to_numpy())
        others = ((two * n_two).to_numpy(), n_two.to_numpy())
        low, high = newcombe(*counts, *others)
        return _struct(low, high)

    return pl.struct(names).map_batches(interval, return_dtype=INTERVAL)


INTERVAL = pl.Struct({"low": pl.Float64, "high": pl.Float64})


def _struct(low: Numbers, high: Numbers) -> pl.Series:
    ends = {"low": pl.Series(low).fill_nan(None), "high": pl.Series(high).fill_nan(None)}
    return pl.DataFrame(ends, schema=INTERVAL.to_schema()).to_struct()


def interval_verdict(
    low: pl.Expr, high: pl.Expr, goal: pl.Expr, *, better: Better, reached: bool = False
) -> pl.Expr:
    """`pass`, `breach`, or `inconclusive` where the interval holds the goal; null without one.

    With `reached`, an interval that begins exactly at the goal passes.
    """
    if better == "lower":
        return interval_verdict(-high, -low, -goal, better="higher", reached=reached)
    passes = low >= goal if reached else low > goal
    return (
        pl.when(passes)
        .then(pl.lit("pass"))
        .when(high < goal)
        .then(pl.lit("breach"))
        .when((low <= goal) & (high >= goal))
        .then(pl.lit("inconclusive"))
    )


def needed_count(count: pl.Expr, error: pl.Expr, distance: pl.Expr, *, power: float) -> pl.Expr:
    """Observations at which an estimate this far from its goal is told apart from it.

    n x ((z + z of the power) x standard error / distance)^2, rounded up: the interval then leaves
    the goal out with the probability `power`. Null where the distance or the error is zero.
    """
    errors = (Z + float(norm.ppf(power))) * error
    is_decidable = (distance != 0) & (error > 0)
    needed = count.cast(pl.Float64) * (errors / distance) ** 2
    # above 2^53 a float is no whole number any more, and no one counts so far
    return pl.when(is_decidable & (needed < 2.0**53)).then(needed.ceil().cast(pl.Int64))
