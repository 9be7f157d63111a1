"""The retention model against its published answers; what must never come out does not."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from pipelines.metrics.lifetime import constant_residual_renewals, residual_renewals
from pipelines.metrics.sbg import fit_sbg, standard_error, survival
from pipelines.metrics.survival_counts import SurvivalCounts

Curve = list[int]
Published = Mapping[str, Mapping[str, object]]


@pytest.fixture(scope="module")
def folder(public_data: Path) -> Path:
    return public_data / "golden" / "sbg_fader_hardie"


@pytest.fixture(scope="module")
def published(folder: Path) -> Published:
    checks = json.loads((folder / "expected.json").read_text())["checks"]
    return {check["id"]: check for check in checks}


@pytest.fixture(scope="module")
def curves(folder: Path) -> Mapping[str, Curve]:
    rows = list(csv.DictReader((folder / "survivors.csv").read_text().splitlines()))
    return {name: [int(row[name]) for row in rows] for name in ("regular", "high_end")}


def counts_of(*curves: Curve) -> SurvivalCounts:
    """Customers still there after 0, 1, ... renewals, per cohort, as counts."""
    longest = max(len(curve) for curve in curves)
    lost, kept = np.zeros(longest - 1, np.int64), np.zeros(longest, np.int64)
    for curve in curves:
        lost[: len(curve) - 1] -= np.diff(curve)
        kept[len(curve) - 1] += curve[-1]
    return SurvivalCounts(lost=lost, kept=kept)


@pytest.mark.parametrize(
    ("check", "name", "renewals"),
    [
        ("high_end.fit_years0_7", "high_end", 7),
        ("regular.fit_years0_7", "regular", 7),
        ("regular.fit_years0_4", "regular", 4),
    ],
)
def test_the_published_fits_come_out(
    published: Published, curves: Mapping[str, Curve], check: str, name: str, renewals: int
) -> None:
    counts = counts_of(curves[name][: renewals + 1])
    fit = fit_sbg(counts.lost, counts.kept)
    value = published[check]["value"]
    assert isinstance(value, dict)
    assert fit is not None
    assert fit.alpha == pytest.approx(value["alpha"], rel=0.002)
    assert fit.beta == pytest.approx(value["beta"], rel=0.002)
    assert fit.log_likelihood == pytest.approx(value.get("LL", fit.log_likelihood), rel=0.002)


def test_the_published_survival_of_years_8_to_12_comes_out(
    published: Published, curves: Mapping[str, Curve]
) -> None:
    counts = counts_of(curves["high_end"][:8])
    fit = fit_sbg(counts.lost, counts.kept)
    assert fit is not None
    expected = published["high_end.predicted_survival_8_12"]["value"]
    assert fit.survival(np.arange(8, 13)).tolist() == pytest.approx(expected, abs=0.0006)


def test_the_published_residual_lifetime_values_come_out(
    published: Published, curves: Mapping[str, Curve]
) -> None:
    counts = counts_of(curves["regular"][:5])
    fit = fit_sbg(counts.lost, counts.kept)
    assert fit is not None
    worth = [100 * residual_renewals(fit, renewal, 0.10) for renewal in (1, 2, 5)]
    check = "expected_residual_ltv_regular_usd100_d10pct_before_renewal_n1_n2_n5"
    assert worth == pytest.approx(published[check]["value"], abs=0.5)
    constant = published["constant_retention_0.833_residual_ltv_usd100_d10pct"]["value"]
    assert 100 * constant_residual_renewals(0.833, 0.10) == pytest.approx(constant, abs=0.5)


def test_the_published_fit_over_many_cohorts_comes_out(folder: Path, published: Published) -> None:
    rows = list(csv.reader((folder / "multi_cohort.csv").read_text().splitlines()))[1:]
    cohorts = [[int(cell) for cell in row[1:] if cell] for row in rows]
    counts = counts_of(*cohorts)
    fit = fit_sbg(counts.lost, counts.kept)
    value = published["multi_cohort.fit"]["value"]
    assert isinstance(value, dict)
    assert fit is not None
    assert fit.alpha == pytest.approx(value["alpha"], rel=0.001)
    assert fit.beta == pytest.approx(value["beta"], rel=0.001)
    assert fit.log_likelihood == pytest.approx(value["LL"], rel=1e-6)
    active = [sum(row[-1 - later] for row in cohorts if len(row) > later) for later in range(5)]
    assert active[0] == published["multi_cohort.total_active"]["value"][-1]  # type: ignore[index]  # a list


def test_the_geometric_model_is_the_one_churn_rate(
    published: Published, curves: Mapping[str, Curve]
) -> None:
    value = published["geometric_fit_regular_0_4"]["value"]
    assert isinstance(value, dict)
    churn = counts_of(curves["regular"][:5]).geometric_churn()
    assert churn == pytest.approx(value["theta"], abs=0.005)


def test_nobody_leaving_is_not_fitted() -> None:
    assert fit_sbg(np.zeros(3, np.int64), np.array([0, 0, 0, 50])) is None


def test_the_interval_of_a_survival_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    truth, worlds, covered = float(survival(1.2, 4.0, np.array([12]))[0]), 200, 0
    for _ in range(worlds):
        churn = rng.beta(1.2, 4.0, 1500)
        gone_by = np.minimum(rng.geometric(churn), 7)
        counts = SurvivalCounts(
            lost=np.bincount(gone_by, minlength=8)[1:7],
            kept=np.array([0] * 6 + [int((gone_by == 7).sum())]),
        )
        fit = fit_sbg(counts.lost, counts.kept)
        assert fit is not None
        step = 1e-4
        gradient = np.array(
            [
                np.log(survival(fit.alpha * np.exp(step), fit.beta, np.array([12]))[0])
                - np.log(survival(fit.alpha * np.exp(-step), fit.beta, np.array([12]))[0]),
                np.log(survival(fit.alpha, fit.beta * np.exp(step), np.array([12]))[0])
                - np.log(survival(fit.alpha, fit.beta * np.exp(-step), np.array([12]))[0]),
            ]
        ) / (2 * step)
        width = 1.96 * standard_error(gradient, fit)
        covered += abs(np.log(fit.survival(np.array([12]))[0] / truth)) < width
    assert 0.90 <= covered / worlds <= 0.99
