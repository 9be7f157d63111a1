"""Traps: worked examples, planted worlds, healthy companies, and exceptions that stay visible."""

import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from metrics.traps_support import (
    RETRAIN,
    company,
    dataset_rows,
    last,
    margin_rows,
    mart,
    month,
)


def test_ten_percent_against_four_leaves_four_months_until_the_margin_is_half() -> None:
    time = range(5)
    costs, revenues = [400 * 1.10 ** (t - 4) for t in time], [1_000 * 1.04 ** (t - 4) for t in time]
    row = last(mart(margins=margin_rows(costs, revenues)))
    assert row["value"] == pytest.approx(math.log(1.10 / 1.04))
    assert round(row["half_margin_months"], 1) == 4.0
    assert row["zero_margin_months"] == pytest.approx(math.log(1 / 0.4) / math.log(1.10 / 1.04))
    assert (row["is_flagged"], row["is_accepted"], row["status"]) == (True, False, "ok")
    assert row["half_margin_date"] == month(4) + timedelta(days=round(3.978 * 30.4375))
    assert "usage" in row["fix"]


def test_what_is_at_stake_is_the_cost_above_that_of_the_windows_start() -> None:
    costs, revenues = [100, 110, 121, 133.1], [1_000] * 4
    row = last(mart(margins=margin_rows(costs, revenues)))
    assert float(row["at_stake_usd"]) == pytest.approx(133.1 - 100)


def test_a_planted_spiral_is_found_and_dated_within_a_month() -> None:
    for seed in range(50):
        rows, truth = company(seed, cost_growth=0.07, noise=0.005)
        row = last(mart(margins=rows))
        expected = max(math.log(0.5 / truth), 0) / math.log(1.07 / 1.04)
        assert row["is_flagged"], seed
        assert abs(row["half_margin_months"] - expected) < 1, seed


def test_healthy_companies_raise_no_trap() -> None:
    for seed in range(50):
        rows, _ = company(seed, cost_growth=0.02, noise=0.01)
        scores, datasets = dataset_rows([0.5 + t / 100 for t in range(13)], range(100, 113))
        good = {**RETRAIN, "verdict": "justified"}
        found = mart(margins=rows, scores=scores, datasets=datasets, verdicts=[good])
        assert found.filter("is_flagged").height == 0, seed


def test_a_steady_company_is_hardly_ever_taken_for_a_spiral() -> None:
    flags = []
    for seed in range(100):
        rows, _ = company(seed, cost_growth=0.04, noise=0.03)
        flags += mart(margins=rows)["is_flagged"].drop_nulls().to_list()
    assert sum(flags) / len(flags) < 0.035


def test_growth_of_both_at_the_same_pace_is_no_spiral() -> None:
    rows = margin_rows([100, 110, 121, 133.1], [1_000, 1_100, 1_210, 1_331])
    row = last(mart(margins=rows))
    assert row["value"] == pytest.approx(0, abs=1e-9)
    assert row["is_flagged"] is False


def test_a_margin_already_below_half_is_there_now() -> None:
    row = last(mart(margins=margin_rows([600, 660, 726, 798], [1_000] * 4)))
    assert (row["half_margin_months"], row["half_margin_date"]) == (0, month(3))


def test_three_months_are_too_few_to_judge() -> None:
    row = last(mart(margins=margin_rows([100, 110, 121], [1_000] * 3)))
    assert (row["status"], row["reason"]) == ("not_computable", "short_history")
    assert (row["is_flagged"], row["evidence"], row["half_margin_months"]) == (None, None, None)


def test_an_open_month_is_provisional_and_not_judged() -> None:
    rows = margin_rows([100, 110, 121, 133, 146], [1_000] * 5)
    rows[-1] = {**rows[-1], "status": "provisional", "reason": "incomplete_month"}
    row = last(mart(margins=rows))
    assert (row["status"], row["reason"]) == ("provisional", "incomplete_month")
    assert row["is_flagged"] is None


def test_a_month_without_revenue_is_left_out_of_the_line() -> None:
    rows = margin_rows([100, 110, 121, 133, 146], [1_000] * 5)
    rows[2] = {**rows[2], "revenue_usd": Decimal(0), "margin_share": None, "reason": "no_revenue"}
    assert last(mart(margins=rows))["observation_count"] == 4


def test_the_driver_is_the_part_of_the_bridge_that_took_most() -> None:
    bridge = [
        {"usage_month": month(t), "part": part, "explanation": f"why {part}", "effect_usd": effect}
        for t in range(1, 4)
        for part, effect in (
            ("price", Decimal(1)),
            ("model_mix", Decimal(-3)),
            ("idle", Decimal(-1)),
            ("volume", Decimal(-50)),
        )
    ]
    row = last(mart(margins=margin_rows([100, 110, 121, 133], [1_000] * 4), bridge=bridge))
    assert row["driver"] == "model_mix: why model_mix"


def test_doubling_all_money_doubles_what_is_at_stake_and_nothing_else() -> None:
    costs, revenues = [100, 112, 121, 135], [1_000, 1_010, 1_040, 1_020]
    once = last(mart(margins=margin_rows(costs, revenues)))
    doubled = margin_rows([2 * cost for cost in costs], [2 * amount for amount in revenues])
    twice = last(mart(margins=doubled))
    assert twice["value"] == pytest.approx(once["value"])
    assert float(twice["at_stake_usd"]) == pytest.approx(2 * float(once["at_stake_usd"]), abs=0.02)


def test_data_that_gets_dearer_while_less_of_it_is_used_is_inflation() -> None:
    scores, datasets = dataset_rows([0.50, 0.48, 0.49, 0.45], [100, 120, 140, 200])
    row = last(mart(scores=scores, datasets=datasets))
    assert row["is_flagged"] is True
    assert row["value"] == pytest.approx(0.45 - 0.50)
    assert row["duplicate_usd"] == 200 * (100 - 80) // 100
    assert row["unused_usd"] == row["at_stake_usd"] == 200 * (60 - 10) // 100
    assert (row["scope_kind"], row["scope_id"]) == ("dataset", "emotions")


@pytest.mark.parametrize(
    ("shares", "costs"),
    [
        ([0.50, 0.51, 0.52, 0.45], [100, 120, 140, 200]),
        ([0.50, 0.48, 0.49, 0.45], [200, 200, 200, 200]),
        ([0.500, 0.499, 0.4985, 0.498], [100, 120, 140, 200]),
    ],
    ids=["fell once", "nothing was spent", "fell by less than a point"],
)
def test_what_lacks_a_part_of_the_rule_is_no_inflation(
    shares: list[float], costs: list[float]
) -> None:
    scores, datasets = dataset_rows(shares, costs)
    assert last(mart(scores=scores, datasets=datasets))["is_flagged"] is False


def test_without_the_age_of_records_duplicates_alone_are_at_stake() -> None:
    scores, datasets = dataset_rows([0.50, 0.48, 0.49, 0.45], [100, 120, 140, 200])
    silent = [{**row, "used_90_days_record_count": None} for row in datasets]
    row = last(mart(scores=scores, datasets=silent))
    assert (row["unused_usd"], row["at_stake_usd"]) == (None, 40)


def test_a_retrain_that_is_not_justified_is_flagged_with_its_cost() -> None:
    row = last(mart(verdicts=[RETRAIN]))
    assert (row["trap"], row["scope_id"], row["usage_month"]) == (
        "over_retraining",
        "atlas v3",
        date(2025, 5, 1),
    )
    assert (row["is_flagged"], row["at_stake_usd"], row["value"]) == (True, 9_000, 0.5)
    assert (row["ci_low"], row["ci_high"], row["observation_count"]) == (-0.6, 1.6, 2_000)


def test_a_retrain_without_comparison_cannot_be_told() -> None:
    silent = {**RETRAIN, "verdict": None, "status": "not_computable", "reason": "no_comparison"}
    row = last(mart(verdicts=[silent]))
    assert (row["is_flagged"], row["reason"]) == (None, "no_comparison")


@pytest.mark.parametrize(
    ("until", "accepted"), [(None, True), (date(2025, 5, 1), True), (date(2025, 4, 1), False)]
)
def test_an_accepted_trap_stays_visible_with_its_reason(until: date, accepted: bool) -> None:  # noqa: FBT001 - the expected value
    scope = {"trap": "over_retraining", "scope_kind": "model_version", "scope_id": "atlas v3"}
    dates = {"accepted_from_date": date(2025, 1, 1), "accepted_until_date": until}
    row = last(mart(verdicts=[RETRAIN], exceptions=[{**scope, **dates, "exception_reason": "law"}]))
    assert (row["is_flagged"], row["is_accepted"]) == (True, accepted)
    assert row["exception_reason"] == ("law" if accepted else None)


def test_before_any_data_there_is_no_row() -> None:
    assert mart().height == 0
