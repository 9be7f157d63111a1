"""The learning curve: the article's example, its four versions, and worlds with a known law."""

import csv
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from release_rows import MONEY, frame_of

from pipelines.metrics.learning_curve import learning_curve
from pipelines.metrics.learning_fit import power_law_score

Frame = Callable[..., pl.LazyFrame]
Row = dict[str, object]
STEP_SCHEMA = {
    **dict.fromkeys(("model", "model_version", "benchmark", "metric"), pl.String),
    "promoted_at": pl.Datetime("us"),
    "score_share": pl.Float64,
    **dict.fromkeys(("item_count", "active_user_count", "unpriced_run_count"), pl.Int64),
    "cumulative_learning_cost_usd": MONEY,
}
RETRAIN_SCHEMA = {
    **dict.fromkeys(("model", "model_version"), pl.String),
    "promoted_date": pl.Date,
    "monthly_value_usd": pl.Float64,
}
FEEDS = ("model_versions", "model_evaluations", "inference_logs", "training_runs")
PARAMETERS = {
    "min_versions": 4,
    "max_variance_inflation": 10.0,
    "horizon_months": 12,
    "decision_power": 0.8,
}
ARTICLE = ((100_000, 0.65), (1_000_000, 0.90))
FIRST = datetime(2026, 1, 1)  # noqa: DTZ001 - the facts are UTC without a zone


def step(number: int, score: float | None, **values: object) -> Row:
    """A version promoted a month after the one before, scored on 2,000 items."""
    return {
        "model": "atlas",
        "model_version": f"v{number}",
        "benchmark": "answers",
        "metric": "accuracy",
        "promoted_at": FIRST + timedelta(days=30 * number),
        "score_share": score,
        "item_count": 2_000,
        "unpriced_run_count": 0,
        **values,
    }


def on_a_law(exponent: float, spend: tuple[float, ...]) -> list[Row]:
    """Versions whose error is 0.4 at a spend of 1,000 and falls by this exponent."""
    return [
        step(number, 1 - 0.4 * (usd / 1_000) ** -exponent, cumulative_learning_cost_usd=usd)
        for number, usd in enumerate(spend)
    ]


@pytest.fixture
def curve(coverage_of: Frame) -> Callable[..., pl.DataFrame]:
    """The mart of these versions, a point being worth 50 dollars a month."""

    def build(
        *steps: Row, value: float | None = 50.0, feeds: tuple[str, ...] = FEEDS
    ) -> pl.DataFrame:
        retrain: Row = {"model": "atlas", "model_version": "v1", "monthly_value_usd": value}
        return learning_curve(
            frame_of(STEP_SCHEMA, *steps),
            frame_of(RETRAIN_SCHEMA, retrain),
            coverage_of(**dict.fromkeys(feeds, 1)),
            **PARAMETERS,
        ).collect()

    return build


def of(mart: pl.DataFrame, driver: str) -> Row:
    return mart.row(by_predicate=pl.col("driver") == driver, named=True)


def article_row(curve: Callable[..., pl.DataFrame], points: tuple[tuple[int, float], ...]) -> Row:
    steps = [step(n, score, active_user_count=users) for n, (users, score) in enumerate(points)]
    return of(curve(*steps), "users")


def test_the_articles_two_versions_gain_seven_and_a_half_points_per_doubling(
    curve: Callable[..., pl.DataFrame],
) -> None:
    row = article_row(curve, ARTICLE)
    assert row["gain_points"] == pytest.approx(90 - 65)
    assert row["doubling_gain_points"] == pytest.approx(25 / np.log2(10))
    assert round(float(str(row["doubling_gain_points"])), 1) == 7.5
    assert row["log_odds_per_doubling_ratio"] == pytest.approx(
        (np.log(0.9 / 0.1) - np.log(0.65 / 0.35)) / np.log2(10)
    )


def test_two_versions_are_described_and_nothing_is_forecast(
    curve: Callable[..., pl.DataFrame],
) -> None:
    row = article_row(curve, ARTICLE)
    assert (row["status"], row["reason"]) == ("provisional", "fewer_than_4_versions")
    assert row["would_suffice"] == "4 versions (there are 2)"
    forecast = ("next_doubling_points", "learning_curve_roi_ratio", "payback_months")
    assert [row[name] for name in (*forecast, "error_exponent_ratio_ci_low")] == [None] * 4


def test_the_articles_example_comes_out_as_published(
    curve: Callable[..., pl.DataFrame], public_data: Path
) -> None:
    folder = public_data / "golden" / "article_learning_curve"
    if not folder.is_dir():
        pytest.skip(f"the article's example is not at {folder}")
    inputs = list(csv.DictReader((folder / "inputs.csv").read_text("utf-8").splitlines()))
    points = tuple((int(row["users"]), float(row["accuracy"])) for row in inputs)
    row = article_row(curve, points)
    exponent = float(str(row["error_exponent_ratio"]))
    answers = {
        "gain_pp": row["gain_points"],
        "gain_pp_per_100k_users": row["gain_per_100k_users_points"],
        "error_power_law_exponent": exponent,
        "accuracy_at_10M_power_law": power_law_score(points[-1][1], exponent, 10),
        "compounding_5pct_monthly_12m": 1.05**12,
    }
    for check in json.loads((folder / "expected.json").read_text("utf-8"))["checks"]:
        expected = pytest.approx(check["value"], abs=max(check["tol_abs"], 1e-12))
        if check["kind"] == "trap":
            assert all(answer != expected for answer in answers.values()), check["id"]
        else:
            assert answers[check["id"]] == expected, check["id"]


def test_the_next_doubling_is_worth_its_points_over_the_horizon(
    curve: Callable[..., pl.DataFrame],
) -> None:
    row = of(curve(*on_a_law(1.0, (1_000, 2_000, 4_000, 8_000))), "training_usd")
    assert row["error_exponent_ratio"] == pytest.approx(1.0)
    assert row["last_score_share"] == pytest.approx(1 - 0.4 / 8)
    assert row["next_doubling_points"] == pytest.approx(5 * (1 - 2**-1))
    assert row["next_doubling_cost_usd"] == 8_000
    assert row["next_doubling_value_usd"] == pytest.approx(2.5 * 50 * 12)
    assert row["learning_curve_roi_ratio"] == pytest.approx(2.5 * 50 * 12 / 8_000)
    assert row["payback_months"] == pytest.approx(8_000 / (2.5 * 50))
    assert row["gain_per_thousand_usd_points"] == pytest.approx((95 - 60) / 7)
    assert (row["status"], row["reason"]) == ("ok", None)


def test_a_doubling_of_users_costs_what_learning_cost_per_doubling_so_far(
    curve: Callable[..., pl.DataFrame],
) -> None:
    spend, users = (1_000, 9_000, 9_500, 9_700), (100, 200, 400, 800)
    steps = on_a_law(0.2, spend)
    for row, count in zip(steps, users, strict=True):
        row["active_user_count"] = count
    row = of(curve(*steps), "users")
    assert row["doubling_count"] == pytest.approx(3)
    assert row["next_doubling_cost_usd"] == pytest.approx((9_700 - 1_000) / 3)


def test_users_and_spend_that_grow_together_are_not_separable(
    curve: Callable[..., pl.DataFrame],
) -> None:
    steps = on_a_law(0.5, (1_000, 2_000, 4_000, 8_100))
    for row, count in zip(steps, (100, 200, 400, 800), strict=True):
        row["active_user_count"] = count
    mart = curve(*steps)
    assert mart["reason"].to_list() == ["not_separable", "not_separable"]
    assert mart["status"].to_list() == ["inconclusive", "inconclusive"]
    assert mart["learning_curve_roi_ratio"].to_list() == [None, None]
    assert None not in mart["error_exponent_ratio"].to_list()


def test_five_versions_tell_users_from_spend(curve: Callable[..., pl.DataFrame]) -> None:
    spend, users = (1_000, 2_000, 3_000, 9_000, 20_000), (100, 800, 300, 200, 900)
    steps = [
        step(
            number,
            1 - 0.4 * (usd / 1_000) ** -0.3 * (count / 100) ** -0.1,
            cumulative_learning_cost_usd=usd,
            active_user_count=count,
        )
        for number, (usd, count) in enumerate(zip(spend, users, strict=True))
    ]
    mart = curve(*steps)
    assert of(mart, "training_usd")["error_exponent_ratio"] == pytest.approx(0.3)
    assert of(mart, "users")["error_exponent_ratio"] == pytest.approx(0.1)
    assert of(mart, "users")["controlled_for"] == "training_usd"


def test_no_interval_reaches_below_a_score_of_zero(curve: Callable[..., pl.DataFrame]) -> None:
    steps = on_a_law(0.3, (1_000, 2_000, 3_000, 9_000, 20_000))
    for row, count in zip(steps, (218, 236, 259, 279, 295), strict=True):
        row["active_user_count"] = count
    steps[2]["score_share"] = 0.55
    low = of(curve(*steps), "users")["next_doubling_points_ci_low"]
    assert low == pytest.approx(-100 * float(str(steps[-1]["score_share"])))


def test_missing_input_and_standing_still_are_named(curve: Callable[..., pl.DataFrame]) -> None:
    steps = on_a_law(0.5, (1_000, 1_000))
    mart = curve(*steps)
    assert of(mart, "training_usd")["reason"] == "driver_did_not_grow"
    assert of(mart, "users")["reason"] == "no_scored_version"
    assert of(curve(*steps[:1]), "training_usd")["reason"] == "single_version"
    mart = curve(*steps, feeds=("model_versions", "model_evaluations", "training_runs"))
    assert of(mart, "users")["reason"] == "missing_feeds: inference_logs"
    mart = curve(*on_a_law(1.0, (1_000, 2_000, 4_000, 8_000)), value=None)
    assert of(mart, "training_usd")["reason"] == "no_point_value"


def test_doubling_all_money_halves_gain_per_dollar_and_leaves_the_return(
    curve: Callable[..., pl.DataFrame],
) -> None:
    spend = (1_000, 2_000, 4_000, 8_000)
    once = of(curve(*on_a_law(0.5, spend)), "training_usd")
    steps = on_a_law(0.5, spend)
    for row in steps:
        row["cumulative_learning_cost_usd"] = 2 * float(str(row["cumulative_learning_cost_usd"]))
    twice = of(curve(*steps, value=100.0), "training_usd")
    assert twice["learning_curve_roi_ratio"] == pytest.approx(once["learning_curve_roi_ratio"])
    half = float(str(once["gain_per_thousand_usd_points"])) / 2
    assert twice["gain_per_thousand_usd_points"] == pytest.approx(half)


@pytest.mark.parametrize("exponent", [0.0, 0.3])
def test_the_interval_covers_a_planted_law_and_claims_none_where_there_is_none(
    coverage_of: Frame, exponent: float
) -> None:
    rng = np.random.default_rng(61)
    steps: list[Row] = []
    for world in range(600):
        for row in on_a_law(exponent, (1_000, 2_000, 4_500, 9_000, 16_000)):
            right = rng.binomial(2_000, float(str(row["score_share"])))
            steps.append({**row, "model": f"world {world}", "score_share": right / 2_000})
    found = learning_curve(
        frame_of(STEP_SCHEMA, *steps),
        frame_of(RETRAIN_SCHEMA),
        coverage_of(**dict.fromkeys(FEEDS, 1)),
        **PARAMETERS,
    ).collect()
    found = found.filter(pl.col("driver") == "training_usd")
    low, high = found["error_exponent_ratio_ci_low"], found["error_exponent_ratio_ci_high"]
    assert found["error_exponent_ratio"].mean() == pytest.approx(exponent, abs=0.01)
    assert ((low <= exponent) & (high >= exponent)).mean() >= 0.94
