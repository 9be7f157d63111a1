"""What the customers of one cell are worth: how they stay times what they leave, with intervals."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from pipelines.metrics.intervals import Z
from pipelines.metrics.lifetime import Horizon, weighted_months
from pipelines.metrics.sbg import Floats, SbgFit, fit_sbg
from pipelines.metrics.survival_counts import SurvivalCounts

# One renewal cannot tell two parameters apart.
RENEWALS_FOR_A_FIT = 2
Figures = Mapping[str, float | None]

LIFE = "discounted_lifetime_months"
VALUES = (LIFE, "ltv_usd", "long_ltv_usd", "adjusted_ltv_usd")
ENDS = tuple(f"{value}{end}" for value in VALUES for end in ("", "_ci_low", "_ci_high"))


def staying(counts: SurvivalCounts, fit: SbgFit | None) -> Figures:
    """How the customers of a cell stay: counts, the one churn rate, and the fit."""
    churn = counts.geometric_churn()
    return {
        "customer_count": counts.customers,
        "churned_customer_count": int(counts.lost.sum()),
        "observed_period_count": counts.periods,
        "period_churn_share": None if math.isnan(churn) else churn,
        "alpha_weight": fit.alpha if fit else None,
        "beta_weight": fit.beta if fit else None,
        "log_likelihood_value": fit.log_likelihood if fit else None,
    }


def fitted(counts: SurvivalCounts) -> SbgFit | None:
    """The fit of a cell; none of too few renewals, and none where nobody left."""
    has_enough = counts.periods >= RENEWALS_FOR_A_FIT
    return fit_sbg(counts.lost, counts.kept) if has_enough else None


def values(fit: SbgFit | None, margins: Figures, horizons: Sequence[Horizon]) -> Figures:
    """The values of a cell: short and long horizon, and the short one with measured growth."""
    if fit is None:
        return {}
    short, long = horizons
    figures = _interval(LIFE, *weighted_months(fit, short, np.ones(short.months)))
    if margins.get("monthly_margin_usd") is None:
        return figures
    figures |= _value("ltv_usd", fit, short, margins, grows=False)
    figures |= _value("long_ltv_usd", fit, long, margins, grows=False)
    if margins.get("growth_usd") is not None:
        figures |= _value("adjusted_ltv_usd", fit, short, margins, grows=True)
    return figures


def _value(
    name: str, fit: SbgFit, horizon: Horizon, margins: Figures, *, grows: bool
) -> dict[str, float | None]:
    """One value; its variance is that of staying, of the margin, and of the growth, added."""
    aged = _months_from_mean(horizon, margins) if grows else np.zeros(horizon.months)
    margin, growth = (_number(margins, key) for key in ("monthly_margin_usd", "growth_usd"))
    value, staying_error = weighted_months(fit, horizon, margin + growth * aged)
    weights = horizon.weights(fit.alpha, fit.beta)
    margin_error = float(weights.sum()) * _number(margins, "margin_error")
    growth_error = float(weights @ aged) * _number(margins, "growth_error")
    if margins.get("margin_error") is None:
        return {name: value}
    return _interval(name, value, math.hypot(staying_error, margin_error, growth_error))


def _interval(name: str, value: float, error: float) -> dict[str, float | None]:
    width = Z * error
    return {name: value, f"{name}_ci_low": value - width, f"{name}_ci_high": value + width}


def _months_from_mean(horizon: Horizon, margins: Figures) -> Floats:
    """Age less the mean age the margin was measured at; it stops at the oldest age seen."""
    ages = np.minimum(np.arange(horizon.months), _number(margins, "last_age"))
    return np.asarray(ages - _number(margins, "mean_tenure"), dtype=float)


def _number(figures: Figures, name: str) -> float:
    return float(figures.get(name) or 0.0)
