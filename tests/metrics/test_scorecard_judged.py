"""The scorecard's metrics that say their own status: releases, unit profit, cost of customers."""

from datetime import date

import pytest
from release_rows import judged_marts
from scorecard_rows import (
    APRIL,
    MARCH,
    MAY,
    USAGE,
    Frame,
    Mart,
    card_of,
    rows_of,
)


@pytest.fixture
def card(usage_of: Frame, months_of: Frame, coverage_of: Frame) -> Mart:
    """The scorecard of rows of usage, through the marts it reads."""
    return card_of(usage_of, months_of, coverage_of)


def release(day: date, ratio: float, **values: object) -> dict[str, object]:
    """A row of `learning_cost_ratio`: a gain of four points, with its interval."""
    return {
        "model": "atlas",
        "model_version": str(day),
        "previous_model_version": "before",
        "promoted_date": day,
        "learning_cost_ratio": ratio,
        "learning_cost_ratio_ci_low": 0.8 * ratio,
        "learning_cost_ratio_ci_high": 1.2 * ratio,
        "learning_cost_usd": 4 * ratio,
        "gain_points": 4.0,
        "status": "ok",
        **values,
    }


def test_a_month_has_the_newest_release_by_its_end(card: Mart, months_of: Frame) -> None:
    releases = [release(date(2025, 3, 31), 5_000.0), release(date(2025, 5, 2), 7_500.0)]
    later = release(date(2025, 6, 1), 1.0)
    months = months_of(date(2025, 2, 1), MARCH, APRIL, MAY)
    marts = judged_marts(learning_cost_ratio=[*releases, later])
    mart = card(USAGE, months=months, **marts)
    rows = rows_of(mart, "learning_cost_ratio")
    assert [row["value"] for row in rows] == [None, 5_000, 5_000, 7_500]
    assert (rows[0]["status"], rows[0]["reason"]) == ("not_computable", "no_release")
    assert [row["trend"] for row in rows] == [None, None, "flat", "worsening"]
    assert (rows[3]["ci_low"], rows[3]["ci_high"]) == (6_000, 9_000)
    assert rows[3]["numerator"] / rows[3]["denominator"] == 7_500


def test_what_its_mart_says_of_a_release_stands_on_the_scorecard(card: Mart) -> None:
    lost = release(MARCH, 1.0, learning_cost_ratio=None, status="not_computable", reason="no_gain")
    mart = card(USAGE, **judged_marts(learning_cost_ratio=[lost]))
    row = rows_of(mart, "learning_cost_ratio")[0]
    assert (row["value"], row["status"], row["reason"]) == (None, "not_computable", "no_gain")
    close = release(MARCH, 1.0, status="inconclusive", reason="interval_straddles_goal")
    mart = card(USAGE, **judged_marts(learning_cost_ratio=[close]))
    assert rows_of(mart, "learning_cost_ratio")[0]["status"] == "inconclusive"


def test_an_estimate_within_the_interval_of_the_month_before_is_flat(card: Mart) -> None:
    releases = [release(MARCH, 5_000.0), release(APRIL, 5_900.0)]
    mart = card(USAGE, **judged_marts(learning_cost_ratio=releases))
    assert rows_of(mart, "learning_cost_ratio")[1]["trend"] == "flat"


def test_a_justified_retrain_passes(card: Mart) -> None:
    retrain = {**release(MARCH, 1.0), "verdict": "justified", "goal": 2.0}
    mart = card(USAGE, **judged_marts(retrain_verdicts=[retrain]))
    row = rows_of(mart, "retrain_gain_points")[0]
    assert (row["value"], row["goal"], row["verdict"]) == (4, 2, "pass")


def test_unit_profit_and_customers_cost_come_from_their_marts(card: Mart) -> None:
    profit = {"scope_kind": "product", "usage_month": MARCH, "status": "ok"}
    profits = [
        {
            **profit,
            "form": "period",
            "unit_profit_usd": 16.5,
            "numerator": 33.0,
            "denominator": 2.0,
        },
        {**profit, "form": "literal", "unit_profit_usd": 99.0},
    ]
    cost = {"cohort_month": MARCH, "status": "ok", "adjusted_cac_usd": 136.0}
    costs = [
        {**cost, "scope_kind": "product", "cac_usd": 100.0},
        {**cost, "scope_kind": "channel", "cac_usd": 90.0},
    ]
    mart = card(USAGE, **judged_marts(ai_unit_profit=profits, acquisition_cost=costs))
    shown = {
        metric: rows_of(mart, metric)[0]["value"] for metric in ("cac_usd", "adjusted_cac_usd")
    }
    assert shown == {"cac_usd": 100.0, "adjusted_cac_usd": 136.0}
    row = rows_of(mart, "ai_unit_profit_usd")[0]
    assert (row["value"], row["numerator"], row["denominator"]) == (16.5, 33, 2)
    assert row["trend"] is None
