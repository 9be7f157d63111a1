"""The learning cost ratio: both worked releases, what has no gain, and the sum of all."""

import math
from collections.abc import Callable

import polars as pl
import pytest
from release_rows import FIRST_RELEASE, INDEPENDENT, NEXT_RELEASE, RELEASE, releases_of

from pipelines.metrics.learning_cost_ratio import learning_cost_ratio

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]

MONEY = ("compute_usd", "data_billed_usd", "data_effective_usd")
LEARNING = {"model_versions": 1, "model_evaluations": 1, "training_runs": 1}


@pytest.fixture
def ratios(coverage_of: Frame) -> Mart:
    """The mart of releases, every feed loaded unless said otherwise."""

    def build(*rows: dict[str, object], **coverage: int) -> pl.DataFrame:
        loaded = coverage_of(**{**LEARNING, **coverage})
        return learning_cost_ratio(releases_of(*rows), loaded, decision_power=0.8).collect()

    return build


def test_four_points_for_twenty_thousand_and_two_point_four_for_eighteen(ratios: Mart) -> None:
    first, second = ratios(RELEASE, NEXT_RELEASE).rows(named=True)
    assert first["learning_cost_ratio"] == pytest.approx((12_000 + 8_000) / (84 - 80))
    assert second["learning_cost_ratio"] == pytest.approx((15_000 + 3_000) / (86.4 - 84))
    assert (first["verdict"], first["goal"], first["status"]) == (None, None, "ok")
    assert (second["verdict"], second["goal"], second["status"]) == ("breach", 5_000, "ok")


def test_the_interval_is_the_cost_over_the_ends_of_the_gain(ratios: Mart) -> None:
    [row] = ratios(RELEASE).rows(named=True)
    error = 100 * (900 + 500 - (900 - 500) ** 2 / 10_000) ** 0.5 / 10_000
    assert row["gain_points_ci_low"] == pytest.approx(4 - 1.959964 * error)
    assert row["learning_cost_ratio_ci_low"] == pytest.approx(20_000 / (4 + 1.959964 * error))
    assert row["learning_cost_ratio_ci_high"] == pytest.approx(20_000 / (4 - 1.959964 * error))


def test_two_independent_scores_have_newcombes_interval(ratios: Mart) -> None:
    [row] = ratios({**RELEASE, **INDEPENDENT}).rows(named=True)
    assert row["gain_points"] == pytest.approx(84 - 80)
    down, up = math.hypot(84 - 83.268, 80.773 - 80), math.hypot(84.705 - 84, 80 - 79.205)
    assert row["gain_points_ci_low"] == pytest.approx(4 - down, abs=2e-3)
    assert row["gain_points_ci_high"] == pytest.approx(4 + up, abs=2e-3)


def test_a_percent_of_the_errors_costs_a_thousand(ratios: Mart) -> None:
    [row] = ratios(RELEASE).rows(named=True)
    removed_percent = 100 * (84 - 80) / (100 - 80)
    assert row["error_removal_cost_ratio"] == pytest.approx(20_000 / removed_percent)


def test_the_cumulative_ratio_is_all_cost_over_all_gain(ratios: Mart) -> None:
    worse = {**NEXT_RELEASE, "fixed_item_count": 400, "broken_item_count": 500}
    kept, lost = ratios(RELEASE, worse).rows(named=True)
    assert kept["cumulative_learning_cost_ratio"] == pytest.approx(20_000 / 4)
    assert lost["cumulative_learning_cost_ratio"] == pytest.approx((20_000 + 18_000) / (4 - 1))
    assert (lost["status"], lost["reason"]) == ("not_computable", "no_gain")
    assert (kept["wasted_learning_usd"], lost["wasted_learning_usd"]) == (0, 18_000)
    assert lost["learning_cost_ratio"] is None


def test_a_gain_that_chance_explains_is_no_gain_and_says_how_many_items_would_tell(
    ratios: Mart,
) -> None:
    few = {"item_count": 200, "fixed_item_count": 20, "broken_item_count": 14}
    [row] = ratios({**RELEASE, **few}).rows(named=True)
    variance = (20 + 14 - (20 - 14) ** 2 / 200) / 200
    assert row["reason"] == "no_gain"
    assert row["needed_item_count"] == pytest.approx(7.8489 * variance / 0.03**2, abs=1)


def test_without_compute_the_gain_is_free_and_has_no_price(ratios: Mart) -> None:
    [row] = ratios({**RELEASE, "compute_usd": 0}).rows(named=True)
    assert (row["learning_cost_ratio"], row["reason"]) == (None, "free_gain")
    assert row["wasted_learning_usd"] == 0


def test_a_first_version_and_one_without_comparison_have_no_gain_to_price(ratios: Mart) -> None:
    alone = {"score_share": None, "champion_score_share": None, **INDEPENDENT}
    first, other = ratios(FIRST_RELEASE, {**RELEASE, **alone}).rows(named=True)
    assert (first["reason"], other["reason"]) == ("first_version", "no_comparison")
    assert first["wasted_learning_usd"] is other["wasted_learning_usd"] is None


def test_what_is_not_released_shows_its_cost_so_far(ratios: Mart) -> None:
    begun = {**FIRST_RELEASE, "model_version": "(next)", "is_released": False, "run_count": 1}
    idle = {**begun, "model": "other", "run_count": 0}
    [row] = ratios({**begun, "compute_usd": 70}, idle).rows(named=True)
    assert (row["learning_cost_usd"], row["reason"]) == (70, "not_released")


def test_runs_of_unknown_cost_make_it_provisional_or_not_computable(ratios: Mart) -> None:
    [some] = ratios({**RELEASE, "unpriced_run_count": 1}).rows(named=True)
    assert (some["status"], some["reason"]) == ("provisional", "unpriced_runs")
    [all_unknown] = ratios({**RELEASE, "unpriced_run_count": 4, "compute_usd": None}).rows(
        named=True
    )
    assert (all_unknown["status"], all_unknown["reason"]) == ("not_computable", "unpriced_runs")


@pytest.mark.parametrize("feed", list(LEARNING))
def test_a_missing_feed_is_named(ratios: Mart, feed: str) -> None:
    [row] = ratios(RELEASE, **{feed: 0}).rows(named=True)
    assert (row["status"], row["reason"]) == ("not_computable", f"missing_feeds: {feed}")


def test_two_ratios_that_chance_cannot_tell_apart_are_inconclusive(ratios: Mart) -> None:
    close = {**NEXT_RELEASE, "fixed_item_count": 760, "broken_item_count": 440}
    row = ratios(RELEASE, close).row(1, named=True)
    assert (row["verdict"], row["status"]) == ("inconclusive", "inconclusive")
    assert row["reason"] == "interval_straddles_goal"
    assert row["needed_item_count"] > row["item_count"]


def test_doubling_all_money_doubles_the_ratio_and_leaves_the_verdict(ratios: Mart) -> None:
    rows = (RELEASE, NEXT_RELEASE)
    doubled = [{**row, **{name: 2 * int(str(row[name])) for name in MONEY}} for row in rows]
    once, twice = ratios(*rows), ratios(*doubled)
    expected = [2 * value for value in once["learning_cost_ratio"]]
    assert twice["learning_cost_ratio"].to_list() == pytest.approx(expected)
    assert twice["verdict"].to_list() == once["verdict"].to_list()
