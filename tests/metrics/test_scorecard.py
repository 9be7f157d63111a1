"""The scorecard: one row per metric and month, gaps included, with a trend only between facts."""

from datetime import date

import polars as pl
import pytest
from scorecard_rows import (
    APRIL,
    MARCH,
    MAY,
    USAGE,
    Frame,
    Mart,
    card_of,
    cost_lines,
    rows_of,
    waiting,
)

from pipelines.metrics.customer_measures import CUSTOMER_MEASURES
from pipelines.metrics.learning_measures import LEARNING_MEASURES
from pipelines.metrics.measures import MEASURES

JUDGED = [measure.metric for measure in (*LEARNING_MEASURES, *CUSTOMER_MEASURES)]


@pytest.fixture
def card(usage_of: Frame, months_of: Frame, coverage_of: Frame) -> Mart:
    """The scorecard of rows of usage, through the marts it reads."""
    return card_of(usage_of, months_of, coverage_of)


def test_a_row_carries_its_value_numerator_denominator_goal_and_verdict(card: Mart) -> None:
    row = rows_of(card(USAGE), "inference_margin_share")[0]
    assert (row["metric_month"], row["unit"]) == (MARCH, "share")
    assert row["value"] == pytest.approx((100 - 40) / 100)
    assert (row["numerator"], row["denominator"]) == (100 - 40, 100)
    assert (row["goal"], row["verdict"], row["status"]) == (0.5, "pass", "ok")
    assert (row["ci_low"], row["ci_high"], row["complete_through_date"]) == (
        None,
        None,
        date(2025, 3, 31),
    )


def test_every_value_is_its_numerator_over_its_denominator(card: Mart) -> None:
    losses = {"idle_usd": 9, "failed_usd": 2, "retried_usd": 1, "output_tokens": 300}
    cache = {"input_tokens": 700, "cache_read_tokens": 70, "cache_measured_requests": 3}
    costs = cost_lines((MARCH, "CC", 5), (MARCH, "DAC", 3), (MARCH, "MMC", 2))
    mart = card({**USAGE, **losses, **cache}, costs=costs).filter(
        pl.col("metric_month") == MARCH, ~pl.col("metric").is_in(JUDGED)
    )
    assert mart["status"].unique().to_list() == ["ok"]
    per_million = pl.when(pl.col("unit") == "usd_per_million_tokens").then(1e6).otherwise(1)
    quotient = pl.col("numerator").cast(float) / pl.coalesce("denominator", 1).cast(float)
    expected = mart.select(value=quotient * per_million)["value"].to_list()
    assert mart["value"].to_list() == pytest.approx(expected)


def test_the_ledger_is_summed_by_category_and_a_month_without_lines_is_unknown(card: Mart) -> None:
    costs = cost_lines((MARCH, "CC", 7), (MARCH, "CC", -2), (MARCH, "DAC", 3), (APRIL, "DAC", 4))
    mart = card(USAGE, costs=costs)
    compute = rows_of(mart, "compute_cost_usd")
    assert [row["value"] for row in compute] == [7 - 2, None]
    assert [row["reason"] for row in compute] == [None, "no_cost"]
    assert [row["value"] for row in rows_of(mart, "data_acquisition_cost_usd")] == [3, 4]


def test_a_cost_line_without_exchange_rate_makes_the_total_provisional(card: Mart) -> None:
    mart = card(
        USAGE, costs=cost_lines((MARCH, "CC", 7), (MARCH, "CC", None), (MARCH, "MMC", None))
    )
    assert rows_of(mart, "maintenance_cost_usd")[0]["value"] is None
    row = rows_of(mart, "compute_cost_usd")[0]
    assert (row["value"], row["status"], row["reason"]) == (7, "provisional", "unconverted_amount")


def test_a_month_without_usage_has_rows_that_name_what_is_missing(card: Mart) -> None:
    mart = card(USAGE).filter(pl.col("metric_month") == APRIL)
    assert set(mart["metric"]) == {measure.metric for measure in MEASURES}
    assert mart["value"].to_list() == [None] * len(MEASURES)
    assert mart["status"].unique().to_list() == ["not_computable"]
    reasons = dict(zip(mart["metric"], mart["reason"], strict=True))
    assert reasons["inference_margin_share"] == "no_revenue"
    assert reasons["cost_per_inference_usd"] == "no_billable_inference"
    assert reasons["tokens_per_usd"] == "no_cost"


def test_a_cost_is_computable_where_only_revenue_is_missing(card: Mart) -> None:
    mart = card({**USAGE, "revenue_usd": 0})
    assert rows_of(mart, "inference_margin_share")[0]["reason"] == "no_revenue"
    cost = rows_of(mart, "cost_per_inference_usd")[0]
    assert (cost["value"], cost["status"]) == (40 / 2000, "ok")


def test_a_metric_that_is_not_ready_names_its_feeds_and_has_no_value(card: Mart) -> None:
    mart = card(USAGE, readiness=waiting("revenue_per_inference_usd"))
    row = rows_of(mart, "revenue_per_inference_usd")[0]
    assert (row["value"], row["status"]) == (None, "not_computable")
    assert row["reason"] == "missing_feeds: revenue"


def test_without_any_month_every_metric_still_has_a_row(card: Mart, months_of: Frame) -> None:
    mart = card(months=months_of(), readiness=waiting("tokens_per_usd"))
    assert mart.height == len(MEASURES)
    assert mart["metric_month"].null_count() == len(MEASURES)
    assert rows_of(mart, "tokens_per_usd")[0]["reason"] == "missing_feeds: revenue"


def test_an_unpriced_request_puts_in_doubt_only_what_uses_prices(card: Mart) -> None:
    mart = card({**USAGE, "unpriced_requests": 1})
    assert rows_of(mart, "cost_per_inference_usd")[0]["reason"] == "unpriced_requests"
    assert rows_of(mart, "revenue_per_inference_usd")[0]["status"] == "ok"


def test_the_trend_follows_the_better_direction(card: Mart) -> None:
    april = {**USAGE, "usage_month": APRIL, "direct_usd": 50}
    mart = card(USAGE, april)
    margin, cost = "inference_margin_share", "cost_per_inference_usd"
    assert [row["trend"] for row in rows_of(mart, margin)] == [None, "worsening"]
    assert [row["trend"] for row in rows_of(mart, cost)] == [None, "worsening"]
    better = card(USAGE, {**april, "direct_usd": 30})
    assert rows_of(better, cost)[1]["trend"] == "improving"
    same = card(USAGE, {**april, "direct_usd": 40})
    assert rows_of(same, cost)[1]["trend"] == "flat"


def test_a_total_and_an_open_month_have_no_trend(card: Mart, months_of: Frame) -> None:
    april = {**USAGE, "usage_month": APRIL, "direct_usd": 50}
    costs = cost_lines((MARCH, "CC", 5), (APRIL, "CC", 9))
    mart = card(USAGE, april, costs=costs)
    assert rows_of(mart, "compute_cost_usd")[1]["trend"] is None
    half_month = card(USAGE, april, months=months_of(MARCH, open_months=(APRIL,)))
    row = rows_of(half_month, "cost_per_inference_usd")[1]
    assert (row["status"], row["reason"], row["trend"]) == ("provisional", "incomplete_month", None)


def test_a_trend_does_not_reach_over_a_gap(card: Mart, months_of: Frame) -> None:
    mart = card(USAGE, {**USAGE, "usage_month": MAY}, months=months_of(MARCH, APRIL, MAY))
    assert [row["trend"] for row in rows_of(mart, "tokens_per_usd")] == [None, None, None]


def test_doubling_all_money_leaves_the_shares_unchanged(card: Mart) -> None:
    doubled = {**USAGE, "revenue_usd": 200, "direct_usd": 80}
    shares = pl.col("unit") == "share"
    once, twice = card(USAGE).filter(shares), card(doubled).filter(shares)
    assert once["value"].to_list() == twice["value"].to_list()
