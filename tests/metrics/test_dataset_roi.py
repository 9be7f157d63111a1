"""Dataset ROI: the worked return, its evidence, its nulls, and worlds with a known gain."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest
from release_rows import MONEY, frame_of

from pipelines.metrics.dataset_roi import dataset_roi

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]
Row = dict[str, object]

COST_SCHEMA = {
    "dataset_id": pl.String,
    **dict.fromkeys(("first_date", "retired_date"), pl.Date),
    **dict.fromkeys(("version_count", "unconverted_lines"), pl.Int64),
    "data_cost_usd": MONEY,
}
GAIN_SCHEMA = {
    **dict.fromkeys(("dataset_id", "model", "model_version", "evidence_basis"), pl.String),
    "gain_share": pl.Float64,
}
RETRAIN_SCHEMA = {
    **dict.fromkeys(("model", "model_version"), pl.String),
    "promoted_date": pl.Date,
    **dict.fromkeys(
        ("gain_points", "gain_points_ci_low", "gain_points_ci_high", "monthly_value_usd"),
        pl.Float64,
    ),
}
FEEDS = ("training_runs", "model_versions", "model_evaluations")
COST: Row = {
    "dataset_id": "emotions",
    "version_count": 1,
    "unconverted_lines": 0,
    "data_cost_usd": 4_000,
}
GAIN: Row = {
    "dataset_id": "emotions",
    "model": "m",
    "model_version": "v2",
    "evidence_basis": "alone",
    "gain_share": 1,
}
RETRAIN: Row = {
    "model": "m",
    "model_version": "v2",
    "promoted_date": date(2026, 1, 1),
    "gain_points": 4,
    "gain_points_ci_low": 3,
    "gain_points_ci_high": 5,
    "monthly_value_usd": 100,
}


@pytest.fixture
def roi(coverage_of: Frame) -> Mart:
    """The mart of these costs, gains and releases, gains lasting two years."""

    def build(
        costs: list[Row], gains: list[Row], retrains: list[Row], feeds: tuple[str, ...] = FEEDS
    ) -> pl.DataFrame:
        return dataset_roi(
            frame_of(COST_SCHEMA, *costs),
            frame_of(GAIN_SCHEMA, *gains),
            frame_of(RETRAIN_SCHEMA, *retrains),
            coverage_of(**dict.fromkeys(feeds, 1)),
            life_months=24,
        ).collect()

    return build


def only(mart: pl.DataFrame) -> Row:
    [row] = mart.rows(named=True)
    return row


def test_four_points_for_two_years_return_their_worth_less_their_cost(roi: Mart) -> None:
    row = only(roi([COST], [GAIN], [RETRAIN]))
    assert row["gain_value_usd"] == pytest.approx(4 * 100 * 24)
    assert row["dataset_roi_ratio"] == pytest.approx((4 * 100 * 24 - 4_000) / 4_000)
    assert row["dataset_roi_ratio_ci_low"] == pytest.approx((3 * 100 * 24 - 4_000) / 4_000)
    assert row["dataset_roi_ratio_ci_high"] == pytest.approx((5 * 100 * 24 - 4_000) / 4_000)
    assert row["gain_per_thousand_usd_points"] == pytest.approx(4 / 4)
    assert (row["evidence_grade"], row["status"], row["reason"]) == ("C", "ok", None)


def test_a_shared_gain_is_a_guess_and_says_what_would_settle_it(roi: Mart) -> None:
    shared = {**GAIN, "evidence_basis": "shared", "gain_share": 0.5}
    row = only(roi([COST], [shared], [RETRAIN]))
    assert row["gain_points"] == pytest.approx(4 / 2)
    assert (row["evidence_grade"], row["reason"]) == ("D", "gain_is_shared")
    assert row["would_suffice"] == "a compared release that adds this dataset alone"


def test_data_given_up_earns_until_then(roi: Mart) -> None:
    retired = {**COST, "retired_date": date(2026, 4, 1)}
    row = only(roi([retired], [GAIN], [RETRAIN]))
    assert row["gain_value_usd"] == pytest.approx(4 * 100 * 90 / 30.4375)


def test_unused_data_lose_all_they_cost(roi: Mart) -> None:
    row = only(roi([{**COST, "version_count": 0}], [], [RETRAIN]))
    assert (row["dataset_roi_ratio"], row["evidence_basis"]) == (-1, "unused")
    assert (row["status"], row["evidence_grade"]) == ("ok", None)


def test_what_is_missing_is_named_and_not_zero(roi: Mart) -> None:
    row = only(roi([COST], [], [RETRAIN]))
    assert (row["reason"], row["evidence_grade"]) == ("no_compared_release", "E")
    assert row["dataset_roi_ratio"] is None
    assert only(roi([{**COST, "data_cost_usd": 0}], [GAIN], [RETRAIN]))["reason"] == "no_cost"
    unearned = {**RETRAIN, "monthly_value_usd": None}
    assert only(roi([COST], [GAIN], [unearned]))["reason"] == "no_point_value"
    silent = only(roi([{**COST, "version_count": 0}], [], [], feeds=FEEDS[1:]))
    assert (silent["reason"], silent["gain_points"]) == ("missing_feeds: training_runs", None)


def test_a_return_that_may_be_nothing_is_inconclusive(roi: Mart) -> None:
    row = only(roi([{**COST, "data_cost_usd": 9_500}], [GAIN], [RETRAIN]))
    assert (row["status"], row["reason"]) == ("inconclusive", "interval_holds_zero")


def test_the_parts_of_a_gain_sum_to_the_whole(roi: Mart) -> None:
    parts = [{**GAIN, "dataset_id": name, "gain_share": 1 / 3} for name in ("a", "b", "c")]
    costs = [{**COST, "dataset_id": name} for name in ("a", "b", "c")]
    assert roi(costs, parts, [RETRAIN])["gain_points"].sum() == pytest.approx(4)


def test_doubling_all_money_moves_no_return(roi: Mart) -> None:
    twice = only(
        roi([{**COST, "data_cost_usd": 8_000}], [GAIN], [{**RETRAIN, "monthly_value_usd": 200}])
    )
    assert twice["dataset_roi_ratio"] == pytest.approx(1.4)
    assert only(roi([COST], [GAIN], [RETRAIN]))["dataset_roi_ratio"] == pytest.approx(1.4)


def test_the_interval_covers_the_planted_gain_of_three_releases(roi: Mart) -> None:
    """Two thousand items each, of which 5 % are fixed and 2 % are broken, in 500 worlds."""
    rng = np.random.default_rng(79)
    costs, gains, retrains = [], [], []
    for world in range(500):
        costs.append({**COST, "dataset_id": f"d{world}"})
        for version in ("v2", "v3", "v4"):
            fixed, broken, _ = rng.multinomial(2_000, [0.05, 0.02, 0.93])
            gain = (fixed - broken) / 20
            width = 1.96 * np.sqrt(fixed + broken - (fixed - broken) ** 2 / 2_000) / 20
            key = {"model": f"m{world}", "model_version": version}
            gains.append({**GAIN, **key, "dataset_id": f"d{world}", "gain_share": 0.5})
            ends = {"gain_points_ci_low": gain - width, "gain_points_ci_high": gain + width}
            retrains.append({**RETRAIN, **key, "gain_points": gain, **ends})
    found = roi(costs, gains, retrains)
    truth = (0.5 * 3 * 3 * 100 * 24 - 4_000) / 4_000
    is_covered = pl.col("dataset_roi_ratio_ci_low").le(truth) & pl.col(
        "dataset_roi_ratio_ci_high"
    ).ge(truth)
    assert found["dataset_roi_ratio"].mean() == pytest.approx(truth, abs=0.02)
    assert 0.92 <= found.select(is_covered.mean()).item() <= 0.98
