"""The lag between fading quality and leaving customers: found when planted, silent when not."""

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import polars as pl
import pytest
from metrics.customers_support import customer_months_of, filled

from pipelines.metrics.retention_decay_lag import retention_decay_lag

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]
Row = Mapping[str, object]

WORLDS = 60
FEEDS = ("customers", "inference_logs", "model_evaluations", "model_versions")
MONTHS = [date(2024 + n // 12, n % 12 + 1, 1) for n in range(25)]
CYCLE, QUALITY_FALLS, CHURN_RISES = 8, 3, 5
VERSIONS_SCHEMA = {
    **dict.fromkeys(("model", "model_version"), pl.String),
    "promoted_at": pl.Date,
}
EVALUATIONS_SCHEMA = {
    **dict.fromkeys(("model", "model_version", "benchmark", "metric", "sample_kind"), pl.String),
    **dict.fromkeys(("score_share", "age_months"), pl.Float64),
}


@pytest.fixture
def lag(coverage_of: Frame) -> Mart:
    """The row of the one model of a world."""

    def build(
        months: pl.LazyFrame, versions: pl.LazyFrame, evaluations: pl.LazyFrame, **other: object
    ) -> Row:
        coverage = other.get("coverage", coverage_of(**dict.fromkeys(FEEDS, 1)))
        mart = retention_decay_lag(
            months, versions, evaluations, coverage, level=0.025, min_cycles=2
        )
        return mart.collect().row(0, named=True)

    return build


def world(
    seed: int, *, rise: float, fall: float, cycles: int = 3
) -> tuple[pl.LazyFrame, pl.LazyFrame, pl.LazyFrame]:
    """Versions live eight months; from age 5 churn is `rise` times 3 %, from age 3 scores fall."""
    rng = np.random.default_rng(seed)
    versions = pl.LazyFrame(
        [("m", f"v{n}", MONTHS[n * CYCLE]) for n in range(cycles)], VERSIONS_SCHEMA, orient="row"
    )
    return months_with(rng, rise, cycles * CYCLE), versions, scores_with(rng, fall, cycles)


def months_with(rng: np.random.Generator, rise: float, last: int) -> pl.LazyFrame:
    """1,500 customers who leave more often from age 5 of the version that served them."""
    hazard = 0.03 * np.where(np.arange(last) % CYCLE >= CHURN_RISES, rise, 1.0)
    churns = rng.random((1500, last)) < hazard
    alive = np.cumsum(churns, axis=1) - churns == 0
    customer, month = np.nonzero(alive)
    # what serves this month decides about the next one
    served = np.minimum(month + 1, last - 1) // CYCLE
    given = {
        "customer_id": [f"c{n}" for n in customer],
        "usage_month": [MONTHS[n] for n in month],
        "tenure_months": month,
        "model": ["m"] * len(month),
        "model_version": [f"v{n}" for n in served],
        "has_churned": churns[alive],
        "is_customer": [True] * len(month),
    }
    return filled(given, customer_months_of())


def scores_with(rng: np.random.Generator, fall: float, cycles: int) -> pl.LazyFrame:
    """Two fresh evaluations a month, lower from age 3 of a version."""
    scored = [
        ("m", f"v{n}", "b", "accuracy", "fresh", 0.9 - fall * (k / 2 >= QUALITY_FALLS), k / 2 + 0.1)
        for n in range(cycles)
        for k in range(2 * CYCLE)
    ]
    noise = pl.Series(rng.normal(0, 0.01, len(scored)))
    rows = pl.LazyFrame(scored, EVALUATIONS_SCHEMA, orient="row")
    return rows.with_columns(score_share=pl.col("score_share") + noise)


def test_a_planted_lag_is_found_in_four_of_five_worlds(lag: Mart) -> None:
    rows = [lag(*world(seed, rise=2.2, fall=0.03)) for seed in range(WORLDS)]
    found = [row for row in rows if row["finding"] == "identified"]
    truth = CHURN_RISES - QUALITY_FALLS
    near = [row for row in found if abs(row["warning_months"] - truth) <= 1]
    assert len(near) / WORLDS >= 0.8
    covered = [
        row["warning_months_ci_low"] <= truth <= row["warning_months_ci_high"] for row in found
    ]
    assert sum(covered) / len(found) >= 0.9


@pytest.mark.parametrize(("rise", "fall"), [(1.0, 0.0), (1.0, 0.03), (2.2, 0.0)])
def test_without_a_lag_there_is_at_most_one_false_alarm_in_twenty(
    lag: Mart, rise: float, fall: float
) -> None:
    rows = [lag(*world(1000 + seed, rise=rise, fall=fall)) for seed in range(WORLDS)]
    assert sum(row["finding"] == "identified" for row in rows) / WORLDS <= 0.05
    reasons = {row["reason"] for row in rows if row["finding"] == "not_identified"}
    assert reasons <= {"no_rise_in_churn_with_age", "no_fall_in_quality_with_age"}


def test_one_refresh_cycle_cannot_tell_age_from_calendar(lag: Mart) -> None:
    row = lag(*world(1, rise=3.0, fall=0.05, cycles=1))
    assert (row["finding"], row["status"]) == ("not_identified", "not_computable")
    assert row["reason"] == "fewer_than_2_refresh_cycles"
    assert row["would_suffice"] == "2 refresh_cycles (there are 1)"
    assert row["warning_months"] is None


def test_frozen_evaluations_show_no_decay(lag: Mart) -> None:
    months, versions, evaluations = world(1, rise=2.2, fall=0.03)
    row = lag(months, versions, evaluations.with_columns(sample_kind=pl.lit("frozen")))
    assert (row["evaluation_count"], row["reason"]) == (0, "too_few_fresh_evaluations")


def test_without_churn_there_is_no_change_point(lag: Mart) -> None:
    months, versions, evaluations = world(1, rise=1.0, fall=0.03)
    row = lag(months.with_columns(has_churned=pl.lit(value=False)), versions, evaluations)
    assert row["reason"] == "too_few_churned_customers"


def test_the_missing_feeds_are_named(lag: Mart, coverage_of: Frame) -> None:
    row = lag(*world(1, rise=2.2, fall=0.03), coverage=coverage_of(customers=1, inference_logs=1))
    assert row["reason"] == "missing_feeds: model_evaluations, model_versions"


def test_two_runs_agree(lag: Mart) -> None:
    facts = world(3, rise=2.0, fall=0.02)
    assert lag(*facts) == lag(*facts)
