"""What the estimates claim, held against a thousand seeded worlds whose truth is known."""

from pathlib import Path

import polars as pl
import pytest
from scipy.stats import binom

from benchmarks.simulated_worlds import (
    MOST_BY_CHANCE,
    RETRAINS,
    WORLDS,
    as_table,
    calendar_decay,
    claims,
    covered,
    decay_findings,
    decays,
    items_that_decide,
    learning_costs,
    release_findings,
    releases,
    retrains,
)

REPOSITORY = Path(__file__).resolve().parents[2]


def test_what_chance_allows_is_the_quantile_of_a_thousand_worlds() -> None:
    assert binom.ppf(0.999, WORLDS, 0.025) / WORLDS == MOST_BY_CHANCE


def test_a_planted_decay_of_three_percent_is_found_without_bias() -> None:
    found = decays(0.03)["monthly_decay_share"].to_numpy()
    error = found.std(ddof=1) / found.size**0.5
    assert found.mean() == pytest.approx(0.03, abs=3 * error)


def test_its_interval_covers_the_truth_in_93_to_97_of_100_worlds() -> None:
    found = decays(0.03)
    for number in range(RETRAINS):
        version = found.filter(pl.col("model_version") == f"v{number}")
        assert version.height == WORLDS
        assert 0.93 <= covered(version, "monthly_decay_share", 0.03) <= 0.97


def test_a_slope_over_the_calendar_would_hide_the_decay() -> None:
    assert calendar_decay(0.03) < 0.03 / 5


def test_a_model_at_the_goal_is_judged_no_more_often_than_chance_allows() -> None:
    newest = decays(0.05).filter(pl.col("model_version") == "v0")
    assert claims(newest, "pass") <= MOST_BY_CHANCE
    assert claims(newest, "breach") <= MOST_BY_CHANCE


def test_a_model_that_does_not_decay_is_never_a_breach_and_passes() -> None:
    found = decays(0.0)
    assert claims(found, "breach") == 0
    assert claims(found, "pass") > 0.99


@pytest.mark.parametrize(("fixed", "most"), [(0.05, 0.0), (0.07, MOST_BY_CHANCE)])
def test_a_retrain_without_the_effect_is_justified_no_more_often_than_chance_allows(
    fixed: float, most: float
) -> None:
    assert claims(retrains(releases(fixed, 0.05)), "justified") <= most


def test_the_interval_of_a_gain_covers_the_truth_in_93_to_97_of_100_worlds() -> None:
    assert 0.93 <= covered(retrains(releases(0.065, 0.03)), "gain_points", 3.5) <= 0.97


def test_without_any_effect_a_gain_is_claimed_no_more_often_than_chance_allows() -> None:
    found = learning_costs(releases(0.05, 0.05))
    assert 1 - claims(found, "no_gain", "reason") <= MOST_BY_CHANCE


@pytest.mark.parametrize("claim", ["pass", "breach"])
def test_two_equal_releases_differ_no_more_often_than_chance_allows(claim: str) -> None:
    found = learning_costs(releases(0.09, 0.04, each=2))
    assert claims(found.filter(pl.col("model_version") == "v1"), claim) <= MOST_BY_CHANCE


def test_as_many_items_as_asked_for_decide_four_times_in_five() -> None:
    asked = items_that_decide(120, 60)
    share = claims(retrains(releases(0.06, 0.03, items=asked)), "justified")
    assert share == pytest.approx(0.8, abs=0.04)


def test_the_page_shows_what_the_worlds_show() -> None:
    page = (REPOSITORY / "docs" / "statistics.md").read_text("utf-8")
    assert as_table([*decay_findings(), *release_findings()]) in page
