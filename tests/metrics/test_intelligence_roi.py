"""The intelligence ROI: both worked releases, its nulls, and the law of money."""

from collections.abc import Callable

import polars as pl
import pytest
from release_rows import FIRST_RELEASE, NEXT_RELEASE, RELEASE, releases_of

from pipelines.metrics.intelligence_roi import intelligence_roi

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]

LEARNING = {"model_versions": 1, "model_evaluations": 1, "training_runs": 1}


@pytest.fixture
def returns(coverage_of: Frame) -> Mart:
    """The mart of releases, every feed loaded unless said otherwise."""

    def build(*rows: dict[str, object], **coverage: int) -> pl.DataFrame:
        loaded = coverage_of(**{**LEARNING, **coverage})
        return intelligence_roi(releases_of(*rows), loaded, decision_power=0.8).collect()

    return build


def test_five_percent_for_twelve_thousand_and_then_it_falls(returns: Mart) -> None:
    first, second = returns(RELEASE, NEXT_RELEASE).rows(named=True)
    assert first["improvement_share"] == pytest.approx((84 - 80) / 80)
    assert first["intelligence_roi_ratio"] == pytest.approx(5 / 12)
    assert second["intelligence_roi_ratio"] == pytest.approx(100 * 2.4 / 84 / 15)
    assert round(second["intelligence_roi_ratio"], 3) == 0.190
    assert (second["verdict"], second["goal"]) == ("breach", pytest.approx(5 / 12))


def test_the_interval_is_the_gains_over_the_champion_and_the_compute(returns: Mart) -> None:
    [row] = returns(RELEASE).rows(named=True)
    for end in ("ci_low", "ci_high"):
        expected = 100 * row[f"gain_points_{end}"] / 80 / 12
        assert row[f"intelligence_roi_ratio_{end}"] == pytest.approx(expected)


def test_free_and_missing_gains_have_no_return(returns: Mart) -> None:
    [free] = returns({**RELEASE, "compute_usd": 0}).rows(named=True)
    [none] = returns({**RELEASE, "fixed_item_count": 500}).rows(named=True)
    assert (free["intelligence_roi_ratio"], free["reason"]) == (None, "free_gain")
    assert (none["intelligence_roi_ratio"], none["reason"]) == (None, "no_gain")


def test_a_champion_of_zero_has_no_relative_improvement(returns: Mart) -> None:
    [row] = returns({**RELEASE, "champion_score_share": 0.0}).rows(named=True)
    assert (row["improvement_share"], row["intelligence_roi_ratio"]) == (None, None)
    assert (row["status"], row["reason"]) == ("not_computable", "no_champion_score")


def test_a_first_version_and_a_missing_feed_are_named(returns: Mart) -> None:
    assert returns(FIRST_RELEASE)["reason"].to_list() == ["first_version"]
    missing = returns(RELEASE, training_runs=0, model_evaluations=0)
    assert missing["reason"].to_list() == ["missing_feeds: model_evaluations, training_runs"]


def test_data_cost_plays_no_part(returns: Mart) -> None:
    dearer = {**RELEASE, "data_billed_usd": 80_000}
    values = [returns(row)["intelligence_roi_ratio"].item() for row in (RELEASE, dearer)]
    assert values[0] == values[1]


def test_doubling_all_money_halves_the_return(returns: Mart) -> None:
    values = [
        returns({**RELEASE, "compute_usd": cost})["intelligence_roi_ratio"].item()
        for cost in (12_000, 24_000)
    ]
    assert values[1] == pytest.approx(values[0] / 2)
