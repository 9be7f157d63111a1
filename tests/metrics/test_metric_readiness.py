"""Metric readiness: what a metric needs, what it lacks, and what loading it would unlock."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.metrics.measures import MEASURES
from pipelines.metrics.metric_readiness import metric_readiness

Frame = Callable[..., pl.LazyFrame]

REPOSITORY = Path(__file__).resolve().parents[2]
SEED = REPOSITORY / "seeds" / "metric_inputs.csv"
INPUTS = pl.LazyFrame(
    [
        ("margin", "inference_margin", "revenue", "required", "margins"),
        ("margin", "inference_margin", "inference_logs", "required", "costs"),
        ("margin", "inference_margin", "gpu_billing", "any_of", "own GPUs"),
        ("margin", "inference_margin", "model_prices", "any_of", "API prices"),
        ("margin", "inference_margin", "customers", "improves", "segments"),
    ],
    schema=["metric", "mart", "feed", "requirement", "unlocks"],
    orient="row",
)


def readiness(coverage: pl.LazyFrame) -> dict[str, object]:
    """The row of the one metric of `INPUTS`."""
    return metric_readiness(INPUTS, coverage).collect().row(0, named=True)


def test_a_metric_with_all_its_feeds_is_ready_and_lacks_nothing(coverage_of: Frame) -> None:
    coverage = coverage_of(revenue=1, inference_logs=1, gpu_billing=1, model_prices=1, customers=1)
    row = readiness(coverage)
    assert row["required_feeds"] == "inference_logs, revenue, gpu_billing or model_prices"
    assert (row["is_ready"], row["status"], row["reason"]) == (True, "ok", None)
    assert (row["missing_feeds"], row["improving_feeds_missing"], row["would_unlock"]) == (
        None,
        None,
        None,
    )


def test_one_of_the_alternatives_is_enough(coverage_of: Frame) -> None:
    row = readiness(coverage_of(revenue=1, inference_logs=1, model_prices=1, customers=1))
    assert (row["is_ready"], row["would_unlock"]) == (True, None)


def test_an_improving_feed_is_named_and_does_not_hold_the_metric_up(coverage_of: Frame) -> None:
    row = readiness(coverage_of(revenue=1, inference_logs=1, gpu_billing=1))
    assert (row["is_ready"], row["improving_feeds_missing"]) == (True, "customers")
    assert row["would_unlock"] == "customers: segments"


def test_a_feed_without_rows_is_missing_like_an_undeclared_one(coverage_of: Frame) -> None:
    row = readiness(coverage_of(revenue=0, inference_logs=1))
    assert row["missing_feeds"] == "revenue, gpu_billing or model_prices"
    assert (row["is_ready"], row["status"]) == (False, "not_computable")
    assert row["reason"] == "missing_feeds: revenue, gpu_billing or model_prices"


def test_with_nothing_loaded_every_feed_would_unlock_something(coverage_of: Frame) -> None:
    row = readiness(coverage_of())
    assert row["would_unlock"] == (
        "customers: segments; gpu_billing: own GPUs; inference_logs: costs; "
        "model_prices: API prices; revenue: margins"
    )


def test_a_feed_that_stands_twice_in_the_coverage_is_refused(coverage_of: Frame) -> None:
    twice = pl.concat([coverage_of(revenue=1), coverage_of(revenue=0)])
    with pytest.raises(pl.exceptions.ComputeError, match="m:1"):
        readiness(twice)


def test_every_metric_of_the_scorecard_has_its_inputs_in_the_seed() -> None:
    seed = pl.read_csv(SEED)
    assert {measure.metric for measure in MEASURES} <= set(seed["metric"])


def test_every_metric_of_the_seed_belongs_to_one_mart() -> None:
    marts = pl.read_csv(SEED).group_by("metric").agg(pl.col("mart").n_unique())
    assert marts["mart"].unique().to_list() == [1]


def test_every_feed_of_the_seed_is_declared() -> None:
    declared = {path.stem for path in (REPOSITORY / "models" / "sources").glob("*.yml")}
    assert set(pl.read_csv(SEED)["feed"]) <= declared - {"ops"}
