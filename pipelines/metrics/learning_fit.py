"""The fit of a learning curve: a power law of the error, and the log-odds, over a driver."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipelines.metrics.intervals import Numbers
from pipelines.metrics.line_fit import Line, fit_line, variance_inflation

CURVE = ("exponent", "log_odds")
FIT_SCHEMA = pl.Struct(
    {
        "is_joint": pl.Boolean,
        "variance_inflation": pl.Float64,
        **{f"{name}{part}": pl.Float64 for name in CURVE for part in ("", "_width", "_error")},
    }
)
ENOUGH_TO_CORRELATE = 3


def power_law_score(score_share: float, exponent: float, multiple: float) -> float:
    """The score at a multiple of the driver: the error falls as driver^-exponent."""
    error = (1 - score_share) * float(multiple**-exponent)
    return 1 - error


def fits_of_lists(min_versions: int) -> pl.Expr:
    """A struct of the fit of each row's lists `drivers`, `others`, `scores`, `items`."""

    def fitted(rows: pl.Series) -> pl.Series:
        return pl.Series([_as_row(row, min_versions) for row in rows], dtype=FIT_SCHEMA)

    lists = pl.struct("drivers", "others", "scores", "items")
    return lists.map_batches(fitted, return_dtype=FIT_SCHEMA)


def _as_row(
    lists: Mapping[str, list[float | None] | None], min_versions: int
) -> dict[str, float | bool | None] | None:
    if not lists["drivers"]:
        return None
    names = ("drivers", "others", "scores", "items")
    driver, other, score, items = (np.asarray(lists[name], dtype=np.float64) for name in names)
    has_both = np.isfinite(other)
    both = (np.log(driver[has_both]), np.log(other[has_both]))
    inflation = variance_inflation(*both) if both[0].size >= ENOUGH_TO_CORRELATE else None
    # one version more than a single driver asks for, and all of them with both
    is_joint = bool(has_both.all()) and score.size > min_versions
    drivers = [np.log(driver), np.log(other)] if is_joint else [np.log(driver)]
    row: dict[str, float | bool | None] = {"is_joint": is_joint, "variance_inflation": inflation}
    for name, line in zip(CURVE, _lines(drivers, score, items), strict=True):
        parts = (line.slope, line.half_width, line.error) if line else (None, None, None)
        row |= dict(zip((name, f"{name}_width", f"{name}_error"), parts, strict=True))
    return row


def _lines(
    drivers: list[Numbers], scores: Numbers, items: Numbers
) -> tuple[Line | None, Line | None]:
    """-ln(error) and the log-odds over ln(driver); the latter per doubling.

    The variances of both follow from the counts: p / (n (1 - p)) and 1 / (n p (1 - p)). A score of
    0 or 1 counts as half an item away from it.
    """
    half_item = 0.5 / items
    shares = np.clip(scores, half_item, 1 - half_item)
    errors, odds = 1 - shares, shares / (1 - shares)
    exponent = fit_line(-np.log(errors), *drivers, variances=odds / items)
    doublings = [driver / np.log(2) for driver in drivers]
    log_odds = fit_line(np.log(odds), *doublings, variances=1 / (items * shares * errors))
    return exponent, log_odds
