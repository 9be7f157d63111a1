"""The portfolio: returns by kind, their ranks, and what has none."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from release_rows import MONEY, frame_of

from pipelines.metrics.portfolio import portfolio

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]
Row = dict[str, object]

MARCH, APRIL, MAY = date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)
RELEASE_SCHEMA = {"model": pl.String, "promoted_date": pl.Date, "compute_usd": MONEY}
POOL_SCHEMA = {
    "usage_month": pl.Date,
    "gpu_pool": pl.String,
    **dict.fromkeys(("billable_requests", "unconverted_lines"), pl.Int64),
    **dict.fromkeys(("revenue_usd", "cost_usd"), MONEY),
}
DATASET_SCHEMA = {
    **dict.fromkeys(("dataset_id", "evidence_grade", "status", "reason"), pl.String),
    "data_cost_usd": MONEY,
    **dict.fromkeys(
        (
            "gain_value_usd",
            *(f"dataset_roi_ratio{end}" for end in ("", "_ci_low", "_ci_high")),
        ),
        pl.Float64,
    ),
}
DATASET: Row = {
    "dataset_id": "emotions",
    "evidence_grade": "C",
    "status": "ok",
    "data_cost_usd": 40,
    "gain_value_usd": 100,
    "dataset_roi_ratio": 1.5,
    "dataset_roi_ratio_ci_low": 1.0,
    "dataset_roi_ratio_ci_high": 2.0,
}


@pytest.fixture
def items(usage_of: Frame, months_of: Frame, coverage_of: Frame) -> Mart:
    """The portfolio of two months of usage; May is not over yet."""

    def build(
        *usage: Row, revenue_rows: int = 1, months: int = 2, **frames: list[Row]
    ) -> pl.DataFrame:
        return portfolio(
            usage_of(*usage),
            frame_of(RELEASE_SCHEMA, *frames.get("releases", [])),
            frame_of(POOL_SCHEMA, *frames.get("pools", [])),
            frame_of(DATASET_SCHEMA, *frames.get("datasets", [])),
            months_of(MARCH, APRIL, open_months=(MAY,)),
            coverage_of(revenue=revenue_rows),
            portfolio_months=months,
        ).collect()

    return build


def calls(model: str, revenue: float, cost: float, **values: object) -> Row:
    """A month of a model's calls."""
    month = {"model": model, "revenue_usd": revenue, "api_usd": cost, "billable_requests": 10}
    return {**month, **values}


def item(mart: pl.DataFrame, name: str) -> Row:
    return mart.row(by_predicate=pl.col("item_id") == name, named=True)


def test_a_model_returns_its_revenue_over_inference_and_learning(items: Mart) -> None:
    releases: list[Row] = [
        {"model": "large", "promoted_date": MARCH, "compute_usd": 20},
        {"model": "large", "promoted_date": date(2025, 2, 28), "compute_usd": 999},
    ]
    row = item(items(calls("large", 150, 30), releases=releases), "large")
    assert (row["cost_usd"], row["learning_compute_usd"]) == (Decimal(50), Decimal(20))
    assert (row["value_usd"], row["net_usd"]) == (Decimal(150), Decimal(100))
    assert row["roi_ratio"] == pytest.approx((150 - 50) / 50)
    assert (row["first_month"], row["last_month"]) == (MARCH, APRIL)


def test_the_best_return_of_a_kind_ranks_first(items: Mart) -> None:
    mart = items(calls("a", 10, 5), calls("b", 30, 5), calls("c", 10, 5), calls("d", 1, 5))
    ranks = {name: item(mart, name)["rank_number"] for name in "abcd"}
    assert ranks == {"b": 1, "a": 2, "c": 2, "d": 4}
    assert mart["cost_share"].sum() == pytest.approx(1)


def test_a_pool_that_serves_no_call_has_a_cost_and_no_rank(items: Mart) -> None:
    zeros = {"usage_month": MARCH, "unconverted_lines": 0}
    pools: list[Row] = [
        {**zeros, "gpu_pool": "chat", "billable_requests": 9, "revenue_usd": 30, "cost_usd": 20},
        {**zeros, "gpu_pool": "train", "billable_requests": 0, "revenue_usd": 0, "cost_usd": 9},
    ]
    mart = items(pools=pools)
    assert item(mart, "chat")["roi_ratio"] == pytest.approx((30 - 20) / 20)
    train = item(mart, "train")
    assert (train["reason"], train["rank_number"]) == ("no_billable_inference", None)
    assert train["cost_usd"] == Decimal(9)


def test_a_dataset_stands_as_its_own_mart_says(items: Mart) -> None:
    row = item(items(datasets=[DATASET]), "emotions")
    assert (row["roi_ratio"], row["evidence_grade"], row["basis"]) == (1.5, "C", "life")
    assert (row["net_usd"], row["roi_ratio_ci_high"]) == (Decimal(60), 2.0)


def test_months_outside_the_window_do_not_count(items: Mart) -> None:
    mart = items(
        calls("a", 10, 5, usage_month=MARCH),
        calls("a", 20, 5, usage_month=APRIL),
        calls("a", 90, 5, usage_month=MAY),
        months=1,
    )
    assert item(mart, "a")["value_usd"] == Decimal(20)


def test_missing_input_and_zero_cost_are_named(items: Mart) -> None:
    row = item(items(calls("a", 0, 5), revenue_rows=0), "a")
    assert (row["reason"], row["value_usd"]) == ("missing_feeds: revenue", None)
    row = item(items(calls("a", 10, 0)), "a")
    assert (row["reason"], row["roi_ratio"]) == ("no_cost", None)
    row = item(items(calls("a", 10, 5, unpriced_requests=1)), "a")
    assert (row["status"], row["reason"]) == ("provisional", "unpriced_requests")
    assert items(calls("(no usage)", 9, 0)).is_empty()


def test_doubling_all_money_moves_no_return_and_no_rank(items: Mart) -> None:
    once = items(calls("a", 10, 4), calls("b", 30, 4))
    twice = items(calls("a", 20, 8), calls("b", 60, 8))
    assert once.select("item_id", "roi_ratio", "rank_number").equals(
        twice.select("item_id", "roi_ratio", "rank_number")
    )
