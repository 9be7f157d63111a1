"""Straight lines through weighted values, with an interval that the values themselves allow."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student  # type: ignore[import-untyped]  # ships no types

from pipelines.metrics.intervals import CONFIDENCE, Numbers, Z

FEWEST_FREE = 2
MOST_CORRELATED = 0.9


@dataclass(frozen=True)
class Line:
    """Slope of one driver, half the width of its interval, and how far one error reaches.

    `half_width` and `error` are None where as many numbers are fitted as there are values.
    """

    slope: float
    half_width: float | None
    error: float | None


def fit_line(
    values: Numbers, *drivers: Numbers, variances: Numbers | None = None, is_series: bool = False
) -> Line | None:
    """The slope of the first driver, the others held, by weighted least squares.

    Its error comes from the scatter around the line, with Student's t; where the variances of the
    values are known it is never less than these alone give. With `is_series` the values follow each
    other in time: what one has in common with the next widens the error by
    sqrt((1 + r) / (1 - r)), r the residuals' correlation. None where the drivers do not vary or
    cannot be told apart.
    """
    columns = np.column_stack([np.ones_like(values), *drivers])
    weights = np.ones_like(values) if variances is None else 1 / variances
    normal = columns.T @ (columns * weights[:, None])
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        return None
    inverse = np.linalg.inv(normal)
    line = inverse @ (columns.T @ (weights * values))
    spare = values.size - columns.shape[1]
    if spare < 1:
        return Line(float(line[1]), None, None)
    residuals = (values - columns @ line) * np.sqrt(weights)
    counted = float(np.sqrt(inverse[1, 1]))
    error = counted * float(np.sqrt(np.sum(residuals**2) / spare))
    kinship = _kinship(residuals, columns.shape[1]) if is_series else 1.0
    error *= float(np.sqrt(kinship))
    free = spare if kinship == 1 else max(values.size / kinship - columns.shape[1], FEWEST_FREE)
    width = float(student.ppf((1 + CONFIDENCE) / 2, min(free, spare))) * error
    least = 0.0 if variances is None else counted
    return Line(float(line[1]), max(width, Z * least), max(error, least))


def variance_inflation(one: Numbers, other: Numbers) -> float:
    """How much a second driver widens the variance of the first: 1 / (1 - correlation^2)."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 1.0
    shared = float(np.corrcoef(one, other)[0, 1]) ** 2
    return float("inf") if shared >= 1 else 1 / (1 - shared)


def _kinship(residuals: Numbers, fitted_count: int) -> float:
    """How many values say as much as one would alone, where each resembles the one before."""
    total = float(np.sum(residuals**2))
    if total == 0:
        return 1.0
    raw = float(np.sum(residuals[1:] * residuals[:-1])) / total
    # a fit over few values pushes neighbours apart, about so far (Marriott & Pope 1954)
    pushed = fitted_count * (1 + 2 * raw) / residuals.size
    correlation = min(max(raw + pushed, 0.0), MOST_CORRELATED)
    return (1 + correlation) / (1 - correlation)
