"""The shifted-beta-geometric model of retention: customers differ in how easily they leave."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]  # ships no types
from scipy.special import betaln, psi  # type: ignore[import-untyped]  # ships no types

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

# Beyond these both the fit and its projections no longer change in the digits that are shown.
LOG_BOUNDS = (-6.0, 12.0)
STARTS = ((0.0, 2.0), (3.0, 6.0))
STEP = 1e-4


@dataclass(frozen=True)
class SbgFit:
    """The two parameters, the log-likelihood, and the covariance of the parameters' logarithms."""

    alpha: float
    beta: float
    log_likelihood: float
    log_covariance: Floats

    def survival(self, periods: Counts | Floats) -> Floats:
        """The share of customers still there after that many renewals."""
        return survival(self.alpha, self.beta, periods)


def survival(alpha: float, beta: float, periods: Counts | Floats) -> Floats:
    """S(t) = B(alpha, beta + t) / B(alpha, beta)."""
    log_shares = betaln(alpha, beta + np.asarray(periods, dtype=float)) - betaln(alpha, beta)
    return np.asarray(np.exp(log_shares), dtype=float)


def log_likelihood(alpha: float, beta: float, lost: Counts, kept: Counts) -> float:
    """The log-likelihood of counts by period: who was lost in period t, who is known to be kept.

    lost[t - 1] left at the t-th renewal; kept[t] have been seen to renew t times and no more.
    Source: Fader and Hardie (2007), How to Project Customer Retention.
    """
    periods = np.arange(1, len(lost) + 1)
    total = betaln(alpha, beta)
    log_lost = betaln(alpha + 1, beta + periods - 1) - total
    log_kept = betaln(alpha, beta + np.arange(len(kept))) - total
    return float(lost @ log_lost + kept @ log_kept)


def fit_sbg(lost: Counts, kept: Counts) -> SbgFit | None:
    """The maximum-likelihood fit; None where nobody left, which fits any high enough beta."""
    if lost.sum() == 0:
        return None

    def loss(logs: Floats) -> float:
        alpha, beta = (float(value) for value in np.exp(logs))
        return -log_likelihood(alpha, beta, lost, kept)

    def slope(logs: Floats) -> Floats:
        alpha, beta = (float(value) for value in np.exp(logs))
        return -np.array([alpha, beta]) * _gradient(alpha, beta, lost, kept)

    bounds, exact = [LOG_BOUNDS, LOG_BOUNDS], {"ftol": 1e-13, "maxfun": 400}
    # TNC calls no threaded algebra, which would wait for busy cores longer than it computes
    runs = [
        minimize(loss, start, jac=slope, method="TNC", bounds=bounds, options=exact)
        for start in STARTS
    ]
    logs = min(runs, key=lambda run: float(run.fun)).x
    alpha, beta = (float(value) for value in np.exp(logs))
    return SbgFit(alpha, beta, -loss(logs), _covariance(slope, logs))


def _gradient(alpha: float, beta: float, lost: Counts, kept: Counts) -> Floats:
    """The slope of the log-likelihood by alpha and by beta."""
    periods, ages = np.arange(1, len(lost) + 1), np.arange(len(kept))
    whole = psi(alpha + beta)
    gone, there = psi(alpha + beta + periods), psi(alpha + beta + ages)
    by_alpha = lost @ (psi(alpha + 1) - gone - psi(alpha) + whole) + kept @ (whole - there)
    by_beta = lost @ (psi(beta + periods - 1) - gone - psi(beta) + whole)
    by_beta += kept @ (psi(beta + ages) - there - psi(beta) + whole)
    return np.array([by_alpha, by_beta], dtype=float)


def standard_error(gradient: Floats, fit: SbgFit) -> float:
    """The delta method: what the uncertainty of the parameters does to a figure made of them."""
    variance = float(gradient @ fit.log_covariance @ gradient)
    return math.sqrt(max(variance, 0.0))


def _covariance(slope: Callable[[Floats], Floats], logs: Floats) -> Floats:
    """The inverse of the curvature; flat directions, which no data decides, are left out."""
    steps = np.eye(2) * STEP
    curvature = np.array([(slope(logs + step) - slope(logs - step)) / (2 * STEP) for step in steps])
    symmetric = (curvature + curvature.T) / 2
    return np.asarray(np.linalg.pinv(symmetric, rcond=1e-6, hermitian=True), dtype=float)
