"""How long versions stay effective: the first crossing counts, live versions count as watched."""

from collections.abc import Callable, Sequence

import polars as pl
import pytest

from pipelines.metrics.model_churn import model_churn

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]
Score = tuple[float, float]

SCHEMA = {
    **dict.fromkeys(("model", "model_version", "benchmark", "metric", "sample_kind"), pl.String),
    **dict.fromkeys(("age_months", "score_share"), pl.Float64),
}


def scored(
    version: str, *scores: Score, model: str = "m", benchmark: str = "b", sample: str = "fresh"
) -> list[Sequence[object]]:
    """Evaluations of a version: age in months and score."""
    return [(model, version, benchmark, "accuracy", sample, age, score) for age, score in scores]


@pytest.fixture
def churn(coverage_of: Frame) -> Mart:
    """The rows over all models."""

    def build(*series: list[Sequence[object]], **feeds: int) -> pl.DataFrame:
        rows = [row for one in series for row in one]
        coverage = coverage_of(**(feeds or {"model_evaluations": 1, "model_versions": 1}))
        frame = pl.LazyFrame(rows, schema=SCHEMA, orient="row")
        mart = model_churn(frame, coverage, loss_share=0.05, min_versions=3).collect()
        return mart.filter(pl.col("scope_kind") == "all_models")

    return build


LOST_EARLY = scored("v1", (0.0, 0.90), (1.5, 0.85), (3.0, 0.90))
LOST_LATE = scored("v2", (0.0, 0.80), (1.0, 0.79), (2.5, 0.76))
LIVE = scored("v3", (0.0, 0.90), (1.2, 0.89))


def test_the_share_still_effective_is_taken_over_the_versions_watched(churn: Mart) -> None:
    rows = churn(LOST_EARLY, LOST_LATE, LIVE)
    assert rows["age_month_number"].to_list() == [0, 1, 2, 3]
    assert rows["at_risk_count"].to_list() == [None, 3, 2, 1]
    assert rows["crossed_count"].to_list() == [None, 0, 1, 1]
    assert rows["effective_share"].to_list() == pytest.approx([1, 1, 1 - 1 / 2, 0])
    assert rows["median_effective_months"].to_list() == [2.0] * 4
    assert rows["crossings_per_version_month_ratio"][0] == pytest.approx(2 / (3 + 2 + 1))
    assert rows["status"].unique().to_list() == ["ok"]


def test_exactly_five_percent_is_a_loss_and_a_recovery_comes_too_late(churn: Mart) -> None:
    rows = churn(scored("v1", (0.0, 0.80), (0.5, 0.80 * 0.95), (2.0, 0.80)))
    assert rows["crossed_count"].to_list() == [None, 1]


def test_live_versions_are_censored_and_have_no_median(churn: Mart) -> None:
    rows = churn(LIVE, scored("v4", (0.0, 0.9), (4.0, 0.9)), scored("v5", (0.0, 0.9), (2.0, 0.9)))
    assert rows["effective_share"].unique().to_list() == [1.0]
    assert rows["median_effective_months"].null_count() == rows.height


def test_frozen_sets_and_other_benchmarks_do_not_count(churn: Mart) -> None:
    frozen = scored("v1", (1.0, 0.1), sample="frozen")
    rare = scored("v1", (0.0, 0.9), (0.5, 0.1), benchmark="rare")
    rows = churn(scored("v1", (0.0, 0.9), (1.0, 0.9), (2.0, 0.9)), frozen, rare)
    assert rows["crossed_version_count"].unique().to_list() == [0]


def test_too_few_versions_say_how_many_would_do(churn: Mart) -> None:
    rows = churn(LOST_EARLY)
    assert rows["reason"].unique().to_list() == ["fewer_than_3_versions"]
    assert rows["would_suffice"][0] == "3 versions (there are 1)"


def test_without_fresh_evaluations_one_row_says_so(churn: Mart) -> None:
    rows = churn()
    assert rows.select("status", "reason").rows() == [("not_computable", "no_fresh_evaluations")]
    missing = churn(model_versions=1)
    assert missing["reason"].to_list() == ["missing_feeds: model_evaluations"]
