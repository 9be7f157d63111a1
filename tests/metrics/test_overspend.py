"""Overspend: every line of the waterfall, each dollar once, and never above the ledger."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from metrics.described import columns_of
from metrics.overspend_support import (
    APRIL,
    FEEDS,
    LABELS,
    LOSSES,
    MARCH,
    RECORDS,
    WINDOW,
    Row,
    cost,
    judged,
    premium,
    sources_of,
)

from pipelines.metrics.overspend import overspend

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., Mapping[str, Mapping[str, object]]]


@pytest.fixture
def waterfall(usage_of: Frame, months_of: Frame, coverage_of: Frame) -> Mart:
    """The lines of March by name; every feed loaded unless said otherwise."""

    def build(
        *usage: Row, without: Sequence[str] = (), **rows: Sequence[Row]
    ) -> Mapping[str, Mapping[str, object]]:
        mart = overspend(
            sources_of(usage_of(*usage), **rows),
            months_of(MARCH, APRIL),
            coverage_of(**{feed: int(feed not in without) for feed in FEEDS}),
            min_outcomes=30,
            tolerated_points=1,
        ).collect()
        assert mart.columns == columns_of("overspend")
        march = mart.filter(pl.col("usage_month") == MARCH)
        return {row["line"]: row for row in march.iter_rows(named=True)}

    return build


def test_idle_failed_and_retried_work_are_three_lines_without_overlap(waterfall: Mart) -> None:
    lines = waterfall(LOSSES, costs=[cost(MARCH, component="inference_compute", effective_usd=130)])
    amounts = [lines[name]["overspend_usd"] for name in ("idle", "failed", "retried")]
    assert amounts == [30, 12 - 2, 8 - 3]
    assert lines["total"]["overspend_usd"] == 30 + 10 + 5
    assert lines["total"]["overspend_share"] == pytest.approx(45 / 130)
    assert (lines["idle"]["rank_number"], lines["total"]["rank_number"]) == (1, None)


def test_duplicate_labels_are_the_share_of_duplicates_of_what_labels_cost(waterfall: Mart) -> None:
    lines = waterfall(costs=[cost(MARCH, **LABELS)], datasets=[RECORDS])
    assert lines["duplicate_labels"]["overspend_usd"] == 50 * (100 - 80) // 100


def test_an_unjustified_retrain_is_laid_on_the_training_days_of_its_window(waterfall: Mart) -> None:
    days = [(date(2025, 3, 5), 30), (date(2025, 3, 20), 30), (date(2025, 4, 5), 60)]
    costs = [cost(d, component="training_compute", effective_usd=amount) for d, amount in days]
    lines = waterfall(costs=costs, releases=[WINDOW])
    assert lines["unjustified_retrains"]["overspend_usd"] == 60 * (30 + 30) // 120
    justified = waterfall(costs=costs, releases=[WINDOW], verdict="justified")
    assert justified["unjustified_retrains"]["overspend_usd"] == 0


def test_a_retrain_never_costs_more_than_the_ledger_holds_for_training(waterfall: Mart) -> None:
    costs = [cost(date(2025, 3, 5), component="training_compute", effective_usd=25)]
    lines = waterfall(costs=costs, releases=[WINDOW, {**WINDOW, "model_version": "v3"}])
    assert lines["unjustified_retrains"]["overspend_usd"] == 25
    assert lines["total"]["overspend_usd"] <= lines["total"]["ledger_usd"] == 25


def test_an_undecided_retrain_is_shown_and_in_no_sum(waterfall: Mart) -> None:
    costs = [cost(date(2025, 3, 5), component="training_compute", effective_usd=80)]
    line = waterfall(costs=costs, releases=[WINDOW], verdict="inconclusive")["unjustified_retrains"]
    assert (line["overspend_usd"], line["undecided_usd"]) == (0, 60)
    assert (line["status"], line["reason"]) == ("inconclusive", "interval_straddles_goal")


def test_a_dear_model_that_does_no_better_costs_the_difference(waterfall: Mart) -> None:
    usage, outcomes = premium(accepted=16_000)
    line = waterfall(*usage, outcomes=outcomes)["premium_models"]
    assert (line["overspend_usd"], line["undecided_usd"]) == (50 - 10, 0)


def test_a_dear_model_that_does_better_is_worth_its_price(waterfall: Mart) -> None:
    usage, outcomes = premium(accepted=17_000)
    line = waterfall(*usage, outcomes=outcomes)["premium_models"]
    assert (line["overspend_usd"], line["undecided_usd"]) == (0, 0)


def test_too_few_outcomes_leave_a_dear_model_undecided_or_uncompared(waterfall: Mart) -> None:
    usage, outcomes = premium(accepted=80, judged=100)
    line = waterfall(*usage, outcomes=outcomes)["premium_models"]
    assert (line["overspend_usd"], line["undecided_usd"], line["status"]) == (0, 40, "inconclusive")
    usage, outcomes = premium(accepted=16, judged=20)
    assert waterfall(*usage, outcomes=outcomes)["premium_models"]["undecided_usd"] == 0


def test_outcomes_of_the_two_months_before_count(waterfall: Mart) -> None:
    usage, outcomes = premium(accepted=16_000)
    january = [{**row, "usage_month": date(2025, 1, 1)} for row in outcomes]
    assert waterfall(*usage, outcomes=january)["premium_models"]["overspend_usd"] == 40
    december = [{**row, "usage_month": date(2024, 12, 1)} for row in outcomes]
    assert waterfall(*usage, outcomes=december)["premium_models"]["overspend_usd"] == 0


def test_a_feature_to_stop_costs_what_its_calls_are_not_worth(waterfall: Mart) -> None:
    usage = {**LOSSES, "billable_requests": 100}
    line = waterfall(usage, density=[judged("stop", 0.2)])["low_value_features"]
    assert line["overspend_usd"] == 100 - (12 - 2) - (8 - 3) - 100 * Decimal("0.2")
    kept = waterfall(usage, density=[judged("go_on", 0.2)])["low_value_features"]
    assert (kept["overspend_usd"], kept["undecided_usd"], kept["status"]) == (0, 0, "ok")
    still_open = waterfall(usage, density=[judged("inconclusive", 0.2)])["low_value_features"]
    assert (still_open["overspend_usd"], still_open["undecided_usd"]) == (0, 100 - 10 - 5 - 20)


def test_what_a_dear_model_costs_too_much_is_not_counted_again_in_its_feature(
    waterfall: Mart,
) -> None:
    usage, outcomes = premium(accepted=16_000)
    lines = waterfall(
        *usage, outcomes=outcomes, density=[judged("stop", -1), judged("stop", 0, "(all)")]
    )
    assert lines["premium_models"]["overspend_usd"] == 50 - 10
    assert lines["low_value_features"]["overspend_usd"] == (50 + 10) - 40


def test_a_month_without_any_stop_rule_is_unknown(waterfall: Mart) -> None:
    line = waterfall(LOSSES, density=[judged(None, 0.2)])["low_value_features"]
    assert (line["overspend_usd"], line["reason"]) == (None, "no_marginal_value")


@pytest.mark.parametrize(
    ("feed", "line"),
    [
        ("gpu_billing", "idle"),
        ("inference_logs", "failed"),
        ("labeling_invoices", "duplicate_labels"),
        ("training_runs", "unjustified_retrains"),
        ("outcomes", "premium_models"),
    ],
)
def test_a_line_without_its_feed_is_unknown_and_the_others_stand(
    waterfall: Mart, feed: str, line: str
) -> None:
    lines = waterfall(LOSSES, without=[feed])
    assert (lines[line]["overspend_usd"], lines[line]["status"]) == (None, "not_computable")
    assert feed in str(lines[line]["reason"])
    assert lines["total"]["reason"] == "lines_missing"


def test_without_any_count_of_records_duplicates_are_unknown(waterfall: Mart) -> None:
    line = waterfall(without=["datasets"])["duplicate_labels"]
    assert line["reason"] == "missing_feeds: datasets or dataset_records"


def test_doubling_all_money_leaves_the_share_unchanged(waterfall: Mart) -> None:
    costs = [cost(MARCH, component="inference_compute", effective_usd=130)]
    twice = {name: 2 * amount for name, amount in LOSSES.items()}
    once = waterfall(LOSSES, costs=costs)["total"]
    doubled = waterfall(twice, costs=[{**costs[0], "effective_usd": 260}])["total"]
    assert doubled["overspend_usd"] == 2 * once["overspend_usd"]
    assert doubled["overspend_share"] == pytest.approx(once["overspend_share"])


def test_the_lines_sum_to_the_total(waterfall: Mart) -> None:
    usage, outcomes = premium(accepted=16_000)
    costs = [
        cost(MARCH, **LABELS),
        cost(date(2025, 3, 5), component="training_compute", effective_usd=9),
    ]
    lines = waterfall(
        *(LOSSES, *usage),
        costs=costs,
        datasets=[RECORDS],
        releases=[WINDOW],
        outcomes=outcomes,
        density=[judged("stop", 0.1)],
    )
    parts = [row["overspend_usd"] for name, row in lines.items() if name != "total"]
    assert lines["total"]["overspend_usd"] == sum(part for part in parts if part is not None)
    ranks = [row["rank_number"] for row in lines.values() if row["rank_number"]]
    assert sorted(ranks) == list(range(1, 8))
