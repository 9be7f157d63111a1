"""Value density: average against marginal, the stop rule, growth, and worlds with a known value."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from release_rows import MONEY, frame_of

from pipelines.metrics.marginal_value import marginal_value
from pipelines.metrics.value_density import value_density

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]
Row = dict[str, object]

COUNTS = (
    *("billable_requests", "unpriced_requests", "judged_outcome_count"),
    *("valued_outcome_count", "unconverted_lines"),
)
AMOUNTS = (
    *("marginal_cost_usd", "cost_usd", "revenue_usd"),
    *("judged_value_usd", "other_value_usd"),
)
SCHEMA = {
    "usage_month": pl.Date,
    **dict.fromkeys(("feature", "customer_id"), pl.String),
    **dict.fromkeys(COUNTS, pl.Int64),
    **dict.fromkeys(AMOUNTS, MONEY),
}
PARAMETERS = {
    "window_months": 12,
    "min_customers": 2,
    "min_growth_months": 6,
    "outcome_recorded_share": 1.0,
    "decision_power": 0.8,
}
MONTHS = tuple(date(2025, month, 1) for month in range(1, 13))


def used(month: int, customer: str, calls: int, value: float, **values: object) -> Row:
    """A customer's month with a feature whose calls cost two cents each, idle time aside."""
    zeros = dict.fromkeys((*COUNTS, *AMOUNTS), 0)
    return {
        **zeros,
        "usage_month": MONTHS[month],
        "feature": "summaries",
        "customer_id": customer,
        "billable_requests": calls,
        "valued_outcome_count": 1,
        "judged_outcome_count": 1,
        "judged_value_usd": round(value, 9),
        "marginal_cost_usd": round(0.02 * calls, 9),
        "cost_usd": round(0.05 * calls, 9),
        **values,
    }


@pytest.fixture
def density(months_of: Frame, coverage_of: Frame) -> Mart:
    """The mart of these months, all complete."""

    def build(*rows: Row, feeds: dict[str, int] | None = None, **other: float) -> pl.DataFrame:
        return value_density(
            frame_of(SCHEMA, *rows),
            months_of(*MONTHS),
            coverage_of(**({"inference_logs": 1, "outcomes": 1} | (feeds or {}))),
            **{**PARAMETERS, **other},
        ).collect()

    return build


def last(mart: pl.DataFrame, feature: str = "summaries") -> Row:
    return mart.filter(pl.col("feature") == feature).row(-1, named=True)


def of_customers(value: Callable[[int], float]) -> list[Row]:
    """Three customers of different size, each of whose calls vary over two months."""
    calls = {"a": (10, 20), "b": (100, 140), "c": (5, 3)}
    return [
        used(month, customer, count, value(count) + 50 * (customer == "b"))
        for customer, counts in calls.items()
        for month, count in enumerate(counts)
    ]


def test_one_more_inference_is_worth_what_it_adds_within_a_customer(density: Mart) -> None:
    row = last(density(*of_customers(lambda calls: 0.5 * calls)))
    assert row["value_per_inference_usd"] == pytest.approx((0.5 * (20 + 140 + 3) + 50) / 163)
    assert row["marginal_value_usd"] == pytest.approx(0.5)
    assert row["marginal_value_usd_ci_low"] == pytest.approx(0.5)
    assert row["marginal_cost_usd"] == pytest.approx(0.02)
    assert (row["verdict"], row["status"]) == ("go_on", "ok")
    assert (row["customer_count"], row["customer_month_count"]) == (3, 6)


def test_a_feature_that_is_worth_the_same_however_often_is_stopped(density: Mart) -> None:
    row = last(density(*of_customers(lambda _: 24.0)))
    assert row["value_per_inference_usd"] == pytest.approx((3 * 24 + 50) / 163)
    assert row["marginal_value_usd"] == pytest.approx(0.0, abs=1e-12)
    assert row["verdict"] == "stop"


def test_a_thin_or_undecided_slope_says_what_would_be_enough(density: Mart) -> None:
    rows = [used(0, "a", 10, 3), used(1, "a", 20, 5), used(0, "b", 10, 4), used(1, "b", 30, 3)]
    row = last(density(*rows, min_customers=20))
    assert (row["status"], row["reason"]) == ("provisional", "fewer_than_20_customers")
    assert row["would_suffice"] == "20 customers (there are 2)"
    row = last(density(*rows))
    assert (row["verdict"], row["reason"]) == ("inconclusive", "interval_holds_marginal_cost")
    assert int(str(row["needed_customer_count"])) > 2


def test_what_is_missing_is_named_and_not_zero(density: Mart) -> None:
    rows = of_customers(lambda calls: 0.5 * calls)
    silent = [{**row, "valued_outcome_count": 0, "judged_value_usd": 0} for row in rows]
    row = last(density(*silent))
    assert (row["reason"], row["value_per_inference_usd"]) == ("no_valued_outcome", None)
    assert row["marginal_value_usd"] is None
    assert last(density(*rows, feeds={"outcomes": 0}))["reason"] == "missing_feeds: outcomes"
    steady = [used(month, "a", 10, 3) for month in (0, 1)]
    assert last(density(*steady))["reason"] == "use_does_not_vary"
    idle = used(2, "a", 0, 3, feature="unused")
    assert density(*rows, idle).filter(pl.col("feature") == "unused").is_empty()


def test_judgements_of_every_tenth_answer_speak_for_all_of_them(density: Mart) -> None:
    rows = of_customers(lambda calls: 0.5 * calls)
    once, scaled = last(density(*rows)), last(density(*rows, outcome_recorded_share=0.1))
    for name in ("value_usd", "value_per_inference_usd", "marginal_value_usd"):
        assert scaled[name] == pytest.approx(10 * float(str(once[name])))


def test_all_features_are_the_sum_of_the_features(density: Mart) -> None:
    rows = of_customers(lambda calls: 0.5 * calls)
    chat = [{**row, "feature": "chat"} for row in rows]
    mart = density(*rows, *chat)
    both, one = last(mart, "(all)"), last(mart)
    assert both["billable_requests"] == 2 * int(str(one["billable_requests"]))
    assert both["value_usd"] == pytest.approx(2 * float(str(one["value_usd"])))
    assert both["value_per_inference_usd"] == pytest.approx(one["value_per_inference_usd"])


def test_doubling_all_money_moves_no_verdict(density: Mart) -> None:
    rows = of_customers(lambda calls: 0.5 * calls)
    twice = [{**row, **{name: 2 * float(str(row[name])) for name in AMOUNTS}} for row in rows]
    once, doubled = last(density(*rows)), last(density(*twice))
    assert doubled["marginal_value_usd"] == pytest.approx(
        2 * float(str(once["marginal_value_usd"]))
    )
    assert doubled["verdict"] == once["verdict"]


def grown(margin: Callable[[int], float], months: int = 12) -> list[Row]:
    """A customer's months that leave a margin: revenue less a fully loaded cost of half of it."""
    return [
        used(n, "a", 10 + n, 5, revenue_usd=2 * margin(n), cost_usd=margin(n))
        for n in range(months)
    ]


def test_five_percent_a_month_compound_to_1_796_in_a_year(density: Mart, public_data: Path) -> None:
    row = last(density(*grown(lambda month: round(100 * 1.05**month, 12))))
    assert row["growth_shape"] == "compounding"
    assert row["monthly_growth_share"] == pytest.approx(0.05)
    assert round(float(str(row["twelve_month_growth_ratio"])), 3) == 1.796
    folder = public_data / "golden" / "article_learning_curve"
    if not folder.is_dir():
        pytest.skip(f"the article's example is not at {folder}")
    checks = json.loads((folder / "expected.json").read_text("utf-8"))["checks"]
    [published] = [check for check in checks if check["id"].startswith("compounding_5pct")]
    assert row["twelve_month_growth_ratio"] == pytest.approx(published["value"], abs=1e-12)


def test_five_dollars_a_month_are_linear(density: Mart) -> None:
    row = last(density(*grown(lambda month: 100 + 15 * month)))
    assert row["growth_shape"] == "linear"
    assert row["twelve_month_growth_ratio"] == pytest.approx(1 + 12 * 15 / (100 + 15 * 11))


def test_no_growth_and_too_few_months_have_no_shape(density: Mart) -> None:
    wave = last(density(*grown(lambda month: 100 + (-1) ** month)))
    assert (wave["growth_shape"], wave["twelve_month_growth_ratio"]) == ("none_seen", None)
    short = last(density(*grown(lambda month: 100 * 1.05**month, months=5)))
    assert short["growth_shape"] is None


@pytest.mark.parametrize("shape", ["linear", "compounding"])
def test_the_other_shape_is_hardly_ever_named(density: Mart, shape: str) -> None:
    rng = np.random.default_rng(71)
    rows: list[Row] = []
    for world in range(200):
        noise = rng.normal(0, 2, 12)
        for month in range(12):
            level = 100 * 1.05**month if shape == "compounding" else 100 + 7 * month
            margin = round(level + float(noise[month]), 9)
            row = used(month, "a", 10, 5, revenue_usd=2 * margin, cost_usd=margin)
            rows.append({**row, "feature": f"world {world}"})
    found = density(*rows).filter(
        (pl.col("usage_month") == MONTHS[-1]) & (pl.col("feature") != "(all)")
    )["growth_shape"]
    other = "linear" if shape == "compounding" else "compounding"
    assert (found == other).mean() <= 0.05
    assert (found == shape).mean() >= 0.30


@pytest.mark.parametrize("worth", [0.0, 0.4])
def test_the_interval_covers_a_planted_value_of_very_unequal_customers(worth: float) -> None:
    """Forty customers of log-normal size whose months are alike, in a thousand worlds."""
    rng = np.random.default_rng(73)
    worlds, customers, months = 1_000, 40, 8
    size = rng.lognormal(3, 1, (worlds, customers, 1))
    calls = rng.poisson(size, (worlds, customers, months)) + 1
    lasting = rng.normal(0, 1, (worlds, customers, 1)) * np.sqrt(size)
    value = worth * calls + lasting + rng.normal(0, 1, calls.shape) * np.sqrt(calls) + 5 * size
    index = np.indices(calls.shape).reshape(3, -1)
    frame = pl.LazyFrame(
        {
            "world": index[0],
            "customer_id": index[1],
            "billable_requests": calls.ravel(),
            "value_usd": value.ravel(),
        }
    )
    found = marginal_value(frame, ["world"]).collect()
    is_covered = pl.col("marginal_value_usd_ci_low").le(worth) & pl.col(
        "marginal_value_usd_ci_high"
    ).ge(worth)
    assert found["marginal_value_usd"].mean() == pytest.approx(worth, abs=0.01)
    assert 0.93 <= found.select(is_covered.mean()).item() <= 0.98
