"""Expected lifetimes: how many discounted months a customer will pay, and how sure that is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.metrics.sbg import Floats, SbgFit, standard_error, survival

MONTHS_PER_YEAR = 12
STEP = 1e-4
# A renewal this far away is worth nothing that shows.
FAR_RENEWALS = 2_000


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """How far a lifetime is counted, what a later month is worth, and the months of a renewal."""

    months: int
    discount_rate: float
    renewal_months: int

    def weights(self, alpha: float, beta: float) -> Floats:
        """S(k) / (1 + d)^(k/12) for the months k below the horizon."""
        ages = np.arange(self.months)
        still_there = survival(alpha, beta, ages // self.renewal_months)
        discounted: Floats = still_there / (1 + self.discount_rate) ** (ages / MONTHS_PER_YEAR)
        return discounted


def weighted_months(fit: SbgFit, horizon: Horizon, growth: Floats) -> tuple[float, float]:
    """The expected discounted months, each times `growth` of its age, and their standard error."""

    def total(alpha: float, beta: float) -> float:
        return float(horizon.weights(alpha, beta) @ growth)

    return total(fit.alpha, fit.beta), standard_error(_gradient(total, fit), fit)


def residual_renewals(fit: SbgFit, renewal: int, discount_rate: float) -> float:
    """Discounted expected renewals of a customer who is about to make the n-th one.

    Sum over t from n of S(t) / S(n - 1) / (1 + d)^(t - n): what 1 paid at each renewal is worth.
    Source: Fader and Hardie (2010), Customer-Base Valuation in a Contractual Setting.
    """
    renewals = np.arange(renewal, renewal + FAR_RENEWALS)
    still_there = fit.survival(renewals) / fit.survival(np.array([renewal - 1]))
    return float((still_there / (1 + discount_rate) ** (renewals - renewal)).sum())


def constant_residual_renewals(retention: float, discount_rate: float) -> float:
    """The same for customers who all leave equally easily: r (1 + d) / (1 + d - r)."""
    return retention * (1 + discount_rate) / (1 + discount_rate - retention)


def _gradient(total: Callable[[float, float], float], fit: SbgFit) -> Floats:
    up, down = np.exp(STEP), np.exp(-STEP)
    by_alpha = total(fit.alpha * up, fit.beta) - total(fit.alpha * down, fit.beta)
    by_beta = total(fit.alpha, fit.beta * up) - total(fit.alpha, fit.beta * down)
    return np.array([by_alpha, by_beta]) / (2 * STEP)
