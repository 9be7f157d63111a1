"""Retrain verdicts: the worked example, both thresholds, and when the next retrain is due."""

import math
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from release_rows import FIRST_RELEASE, INDEPENDENT, RELEASE, releases_of

from pipelines.metrics.retrain_verdicts import retrain_verdicts

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]

EXAMPLE = {**RELEASE, "item_count": 2_000, "fixed_item_count": 130, "broken_item_count": 60}
DECAYS = {"scope_kind": pl.String, "model": pl.String, "model_version": pl.String}
NINE_MONTHS = {"served_through_date": date(2026, 11, 29), "served_revenue_usd": 90_000}


def decays_of(**points: float) -> pl.LazyFrame:
    """Rows of `model_decay_rate`: points a version of the model loses in a month."""
    rows = [("version", "atlas", name, value) for name, value in points.items()]
    schema = {**DECAYS, "monthly_decay_points": pl.Float64}
    return pl.LazyFrame(rows, schema=schema, orient="row")


@pytest.fixture
def verdicts(coverage_of: Frame) -> Mart:
    """The mart of releases; every feed loaded and nothing decays unless said otherwise."""

    def build(*rows: dict[str, object], **points: float) -> pl.DataFrame:
        return retrain_verdicts(
            releases_of(*rows),
            decays_of(**points),
            coverage_of(model_versions=1, model_evaluations=1),
            retrain_goal_points=2,
            retrain_strict_goal_points=3,
            revenue_share_per_point=0.01,
            decision_power=0.8,
        ).collect()

    return build


def test_130_fixed_and_60_broken_of_2000_are_justified_at_2_and_not_at_3(verdicts: Mart) -> None:
    [row] = verdicts(EXAMPLE).rows(named=True)
    gains = [row[f"gain_points{end}"] for end in ("", "_ci_low", "_ci_high")]
    assert [round(gain, 2) for gain in gains] == [3.5, 2.16, 4.84]
    assert (row["verdict"], row["strict_verdict"]) == ("justified", "inconclusive")
    assert (row["status"], row["goal"], row["strict_goal_points"]) == ("ok", 2, 3)


def test_a_gain_that_stays_below_two_points_is_not_justified(verdicts: Mart) -> None:
    [row] = verdicts({**EXAMPLE, "fixed_item_count": 70}).rows(named=True)
    assert row["gain_points_ci_high"] < 2
    assert (row["verdict"], row["strict_verdict"]) == ("not_justified", "not_justified")


def test_an_undecided_retrain_says_how_many_items_would_decide_it(verdicts: Mart) -> None:
    [row] = verdicts({**EXAMPLE, "fixed_item_count": 120}).rows(named=True)
    variance = (120 + 60 - (120 - 60) ** 2 / 2_000) / 2_000
    expected = 7.8489 * variance / (0.03 - 0.02) ** 2
    assert (row["verdict"], row["status"]) == ("inconclusive", "inconclusive")
    assert row["needed_item_count"] == pytest.approx(expected, abs=1)


def test_a_lower_end_of_exactly_two_points_is_justified(verdicts: Mart) -> None:
    certain = {"item_count": 100, "fixed_item_count": 0, "broken_item_count": 0}
    [row] = verdicts({**EXAMPLE, **certain}).rows(named=True)
    assert row["gain_points_ci_low"] == row["gain_points_ci_high"] == 0
    assert row["verdict"] == "not_justified"


def test_the_net_value_is_the_revenue_on_the_gain_less_the_cost(verdicts: Mart) -> None:
    [row] = verdicts({**RELEASE, **NINE_MONTHS}).rows(named=True)
    assert row["served_months"] == pytest.approx(274 / 30.4375)
    assert row["gain_value_usd"] == 90_000 * 4 // 100
    assert row["net_usd"] == 3_600 - (12_000 + 8_000)
    monthly = 90_000 / 100 / (274 / 30.4375)
    assert row["monthly_value_usd"] == pytest.approx(monthly)
    assert row["payback_months"] == pytest.approx(20_000 / (monthly * 4))


def test_the_economic_interval_balances_the_cost_with_what_decay_loses(verdicts: Mart) -> None:
    [row] = verdicts({**RELEASE, **NINE_MONTHS}, v2=1.5).rows(named=True)
    months = math.sqrt(2 * 20_000 / (row["monthly_value_usd"] * 1.5))
    assert row["economic_interval_months"] == pytest.approx(months)
    assert row["next_retrain_date"].year == 2027


def test_a_young_version_is_expected_to_decay_like_the_one_before(verdicts: Mart) -> None:
    [own] = verdicts({**RELEASE, **NINE_MONTHS}, v1=0.7, v2=1.5).rows(named=True)
    [inherited] = verdicts({**RELEASE, **NINE_MONTHS}, v1=0.7).rows(named=True)
    assert (own["monthly_decay_points"], inherited["monthly_decay_points"]) == (1.5, 0.7)


def test_what_does_not_decay_needs_no_retrain(verdicts: Mart) -> None:
    [row] = verdicts({**RELEASE, **NINE_MONTHS}, v2=-0.2).rows(named=True)
    assert (row["economic_interval_months"], row["next_retrain_date"]) == (None, None)


def test_without_revenue_a_retrain_is_judged_and_not_valued(verdicts: Mart) -> None:
    [row] = verdicts({**EXAMPLE, "served_revenue_usd": 0}).rows(named=True)
    assert (row["verdict"], row["net_usd"], row["payback_months"]) == ("justified", None, None)


def test_a_first_version_is_no_retrain_and_an_uncompared_one_has_no_verdict(
    verdicts: Mart,
) -> None:
    silent = {**RELEASE, **INDEPENDENT, "champion_score_share": None, "champion_item_count": None}
    [row] = verdicts(FIRST_RELEASE, silent).rows(named=True)
    assert (row["verdict"], row["status"], row["reason"]) == (
        None,
        "not_computable",
        "no_comparison",
    )


def test_doubling_revenue_and_cost_doubles_the_net_and_leaves_the_interval(verdicts: Mart) -> None:
    money = {"compute_usd": 12_000, "data_billed_usd": 8_000, "served_revenue_usd": 90_000}
    rows = [
        {**RELEASE, **NINE_MONTHS, **{name: times * amount for name, amount in money.items()}}
        for times in (1, 2)
    ]
    once, twice = (verdicts(row, v2=1.5).row(0, named=True) for row in rows)
    assert twice["net_usd"] == 2 * once["net_usd"]
    assert twice["economic_interval_months"] == pytest.approx(once["economic_interval_months"])
