"""Model efficiency value: the worked example, planted truths, and no gain counted twice."""

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import polars as pl
import pytest
from metrics.efficiency_worlds import (
    FEBRUARY,
    JANUARY,
    VERSIONS,
    arms_of,
    holdout_world,
    matched_world,
    rollout_world,
    use_of,
    value_of,
)

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]
World = Callable[[int, float], tuple[pl.LazyFrame, pl.LazyFrame, float]]

MARCH, APRIL = date(2025, 3, 1), date(2025, 4, 1)
WORLDS = 100


@pytest.fixture
def mart(months_of: Frame, coverage_of: Frame) -> Mart:
    """The mart with January and February complete and revenue loaded, unless said otherwise."""

    def build(**frames: object) -> pl.DataFrame:
        facts = {"months": months_of(JANUARY, FEBRUARY), "coverage": coverage_of(revenue=1)}
        return value_of(**(facts | frames))

    return build


def row_of(mart: pl.DataFrame, month: date = JANUARY, version: str = "v2") -> Mapping[str, object]:
    """One row of the mart."""
    chosen = (pl.col("model_version") == version) & (pl.col("usage_month") == month)
    return mart.row(by_predicate=chosen, named=True)


def example() -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """2,000 exposed of whom 4 % left, 200 held out of whom 5 % did, a margin of $15."""
    arm = np.arange(2200) < 2000
    churned = np.zeros(2200, dtype=bool)
    churned[:80] = True
    churned[2000:2010] = True
    there = np.flatnonzero(~churned)
    return arms_of(arm, churned, JANUARY), use_of(there, JANUARY, np.full(len(there), 15.0))


def test_the_worked_example_is_300_dollars_and_inconclusive(mart: Mart) -> None:
    arms, use = example()
    row = row_of(mart(arms=arms, use=use))
    assert (row["exposed_churn_share"], row["comparison_churn_share"]) == pytest.approx(
        (0.04, 0.05)
    )
    assert row["kept_customer_count"] == pytest.approx(2000 * (0.05 - 0.04))
    assert row["kept_usd"] == row["mev_usd"] == pytest.approx(20 * 15)
    error = (0.04 * 0.96 / 2000 + 0.05 * 0.95 / 200) ** 0.5
    assert error == pytest.approx(0.0160, abs=5e-5)
    assert row["standard_error_usd"] == pytest.approx(2000 * 15 * error)
    assert round(row["mev_usd_ci_low"]) == -642
    assert round(row["mev_usd_ci_high"]) == 1242
    assert row["needed_count"] == pytest.approx(6750, rel=0.002)
    assert (row["evidence_grade"], row["effect"], row["status"]) == (
        "A",
        "none_seen",
        "inconclusive",
    )
    assert (row["reason"], row["credited_usd"]) == ("interval_holds_zero", row["mev_usd"])


def test_the_parts_sum_to_the_value(mart: Mart) -> None:
    arms, use, _ = holdout_world(3, 0.03)
    row = row_of(mart(arms=arms, use=use))
    parts = ("kept_usd", "converted_usd", "expanded_usd")
    assert sum(row[part] for part in parts) == pytest.approx(row["mev_usd"])


@pytest.mark.parametrize(
    ("world", "month", "grade", "effect"),
    [
        (holdout_world, JANUARY, "A", 0.03),
        (holdout_world, JANUARY, "A", 0.0),
        (rollout_world, JANUARY, "B", 0.5),
        (rollout_world, JANUARY, "B", 0.0),
        (matched_world, FEBRUARY, "C", 0.5),
        (matched_world, FEBRUARY, "C", 0.0),
    ],
)
def test_the_interval_covers_the_planted_value_as_often_as_it_says(
    mart: Mart, world: World, month: date, grade: str, effect: float
) -> None:
    covered, none_seen = 0, 0
    for seed in range(WORLDS):
        arms, use, truth = world(seed, effect)
        row = row_of(mart(arms=arms, use=use), month)
        assert row["evidence_grade"] == grade
        covered += row["mev_usd_ci_low"] <= truth <= row["mev_usd_ci_high"]
        none_seen += row["effect"] == "none_seen"
    assert 0.90 <= covered / WORLDS <= 0.99
    if effect == 0:
        assert none_seen == covered


def test_without_evidence_there_is_no_value(mart: Mart) -> None:
    row = row_of(mart())
    assert (row["evidence_grade"], row["mev_usd"], row["credited_usd"]) == ("E", None, None)
    assert (row["status"], row["reason"]) == ("not_computable", "no_evidence")


def test_the_first_version_has_nothing_to_be_measured_against(mart: Mart) -> None:
    row = row_of(mart(), version="v1")
    assert (row["evidence_grade"], row["reason"]) == ("E", "no_version_before")


def test_an_assumed_elasticity_never_enters_money(mart: Mart) -> None:
    served = {"model": "m", "model_version": "v2"}
    use = use_of(np.arange(10), JANUARY, np.full(10, 15.0), **served)
    gain = {**served, "score_share": 0.84, "champion_score_share": 0.80}
    row = row_of(mart(use=use, releases=(gain,)))
    assert row["mev_usd"] == pytest.approx(10 * 15 * (0.84 / 0.80 - 1) * 0.5)
    assert (row["evidence_grade"], row["credited_usd"]) == ("D", None)
    assert (row["status"], row["reason"]) == ("provisional", "elasticity_assumed")


def test_without_revenue_the_value_is_unknown(mart: Mart, coverage_of: Frame) -> None:
    arms, use = example()
    row = row_of(mart(arms=arms, use=use, coverage=coverage_of(revenue=0)))
    assert (row["mev_usd"], row["reason"]) == (None, "missing_feeds: revenue")


def test_a_small_group_is_provisional_and_says_how_many_would_do(mart: Mart) -> None:
    arms, use = example()
    row = row_of(mart(arms=arms, use=use, min_arm_customers=300))
    assert (row["status"], row["reason"]) == (
        "provisional",
        "fewer_than_300_customers_in_each_group",
    )
    assert row["would_suffice"] == "300 customers_in_each_group (there are 200)"


def test_credit_ends_with_the_month_of_retirement(mart: Mart, months_of: Frame) -> None:
    retired = ({**VERSIONS[0]}, {**VERSIONS[1], "retired_at": date(2025, 2, 10)})
    arms, use = example()
    rows = mart(
        arms=arms, use=use, versions=retired, months=months_of(JANUARY, FEBRUARY, MARCH)
    ).filter(pl.col("model_version") == "v2")
    assert rows["usage_month"].to_list() == [JANUARY, FEBRUARY]


def test_a_customers_month_is_credited_to_one_version_of_a_model(
    mart: Mart, months_of: Frame
) -> None:
    arms, _ = example()
    later = arms.with_columns(
        experiment=pl.lit("next"), model_version=pl.lit("v3"), assigned_date=pl.lit(FEBRUARY)
    ).filter(pl.col("customer_id").str.slice(1).cast(pl.Int64) % 2 == 0)
    third = {"model": "m", "model_version": "v3", "promoted_at": date(2025, 2, 1)}
    use = pl.concat(
        use_of(np.arange(100, 2200), month, np.full(2100, 15.0)) for month in (JANUARY, FEBRUARY)
    )
    rows = mart(
        arms=pl.concat([arms, later]),
        use=use,
        versions=(*VERSIONS, third),
        months=months_of(JANUARY, FEBRUARY, MARCH, APRIL),
    )
    exposed = rows.group_by("usage_month").agg(pl.col("exposed_count").sum())
    assert exposed["exposed_count"].max() <= 2000
    assert row_of(rows, FEBRUARY, "v3")["previous_model_version"] == "v2"
    assert row_of(rows, FEBRUARY, "v3")["exposed_count"] > 0


def test_doubling_all_money_doubles_the_value(mart: Mart) -> None:
    arms, use, _ = holdout_world(3, 0.03)
    doubled = use.with_columns(pl.col("revenue_usd") * 2, pl.col("cost_usd") * 2)
    once, twice = (row_of(mart(arms=arms, use=frame)) for frame in (use, doubled))
    assert twice["mev_usd"] == pytest.approx(2 * once["mev_usd"])
    assert twice["needed_count"] == once["needed_count"]
