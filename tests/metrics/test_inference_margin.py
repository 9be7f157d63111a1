"""The inference margin: the worked example, its nulls, and the sums that must close."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from pipelines.metrics.inference_margin import inference_margin

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]

MARCH, APRIL = date(2025, 3, 1), date(2025, 4, 1)
FINER_SCOPES = ("customer", "segment", "feature", "model")
PURPOSES = ("trial", "internal", "evaluation", "monitoring")
EXAMPLE = {
    "billable_requests": 1_200_000,
    "revenue_usd": 30_000,
    "token_weighted_revenue_usd": 30_000,
    "direct_usd": 9_600 + 600,
    "idle_usd": 1_800,
    "retried_usd": 600,
}
NO_USAGE = {"feature": "(no usage)", "model": "(no usage)"}
MIXED = (
    {**EXAMPLE, "failed_usd": 50, "failed_idle_usd": 20, "retried_idle_usd": 100},
    {"customer_id": "beta", "segment": None, "purpose": "trial", "direct_usd": 40, "idle_usd": 3},
    {"feature": "search", "purpose": "internal", "api_usd": 7},
    {"model": "small", "purpose": "evaluation", "direct_usd": 11},
    {"model": "small", "purpose": "monitoring", "direct_usd": 13},
    {"customer_id": None, "api_usd": 17, "billable_requests": 2},
    {"customer_id": "gone", "revenue_usd": 90, **NO_USAGE},
    {"purpose": "trial", "idle_usd": 19, "is_unallocated": True},
)


@pytest.fixture
def margin(usage_of: Frame, months_of: Frame, coverage_of: Frame) -> Mart:
    """The mart of rows of usage; months complete and revenue loaded, unless said otherwise."""

    def build(*rows: dict[str, object], **frames: pl.LazyFrame) -> pl.DataFrame:
        usage = usage_of(*rows)
        months = frames.get("months", months_of(MARCH, APRIL))
        coverage = frames.get("coverage", coverage_of(revenue=9))
        goals = {"goal_margin_share": 0.5, "at_scale_inferences": 1000}
        return inference_margin(usage, months, coverage, **goals).collect()

    return build


def product(mart: pl.DataFrame) -> dict[str, object]:
    """The one row of the whole product."""
    return mart.row(by_predicate=pl.col("scope_kind") == "product", named=True)


def test_the_worked_example_earns_one_and_a_half_cents_and_sixty_percent(margin: Mart) -> None:
    row = product(margin(EXAMPLE))
    assert (row["direct_usd"], row["idle_usd"], row["retried_usd"]) == (9_600, 1_800, 600)
    assert row["revenue_per_inference_usd"] == pytest.approx(30_000 / 1_200_000)
    assert row["cost_per_inference_usd"] == pytest.approx((9_600 + 1_800 + 600) / 1_200_000)
    assert row["margin_per_inference_usd"] == pytest.approx(0.015)
    assert row["margin_share"] == row["token_weighted_margin_share"] == pytest.approx(0.60)
    assert (row["scale"], row["verdict"], row["status"]) == ("at_scale", "pass", "ok")
    assert row["reason"] is None


def test_exactly_half_is_not_above_half(margin: Mart) -> None:
    row = product(margin({"billable_requests": 1000, "revenue_usd": 100, "api_usd": 50}))
    assert (row["margin_share"], row["verdict"]) == (0.5, "breach")


def test_before_scale_a_margin_is_shown_and_not_judged(margin: Mart) -> None:
    row = product(margin({"billable_requests": 999, "revenue_usd": 10, "api_usd": 9}))
    assert row["margin_share"] == pytest.approx((10 - 9) / 10)
    assert (row["scale"], row["status"], row["verdict"]) == ("pre_scale", "ok", None)


@pytest.mark.parametrize(("revenue", "reason"), [(0, "no_revenue"), (-10, "negative_revenue")])
def test_without_positive_revenue_there_is_no_share_but_a_loss_per_inference(
    margin: Mart, revenue: int, reason: str
) -> None:
    row = product(margin({"billable_requests": 2000, "revenue_usd": revenue, "api_usd": 5}))
    assert row["margin_share"] is None
    assert row["margin_per_inference_usd"] == pytest.approx((revenue - 5) / 2000)
    assert (row["status"], row["reason"], row["verdict"]) == ("not_computable", reason, None)


def test_without_a_billable_inference_nothing_is_per_inference(margin: Mart) -> None:
    row = product(margin({"revenue_usd": 100, "api_usd": 5, "failed_usd": 5}))
    assert row["cost_per_inference_usd"] is None
    assert row["revenue_per_inference_usd"] is None
    assert (row["status"], row["reason"]) == ("not_computable", "no_billable_inference")


def test_without_the_revenue_feed_revenue_is_unknown_and_cost_is_known(
    margin: Mart, coverage_of: Frame
) -> None:
    coverage = coverage_of(revenue=0, inference_logs=3)
    row = product(margin({"billable_requests": 2000, "api_usd": 5}, coverage=coverage))
    assert (row["revenue_usd"], row["margin_usd"], row["margin_share"]) == (None, None, None)
    assert row["cost_per_inference_usd"] == pytest.approx(5 / 2000)
    assert (row["status"], row["reason"]) == ("not_computable", "missing_feeds: revenue")


def test_a_month_without_any_measured_cost_is_not_free(margin: Mart) -> None:
    row = product(margin({"billable_requests": 2000, "revenue_usd": 10}))
    assert (row["cost_usd"], row["margin_share"]) == (None, None)
    assert (row["status"], row["reason"]) == ("not_computable", "no_cost")


def test_a_free_model_beside_a_paid_one_costs_nothing(margin: Mart) -> None:
    free = {"billable_requests": 2000, "revenue_usd": 10, "model": "on-device"}
    mart = margin(EXAMPLE, free)
    row = mart.row(by_predicate=pl.col("scope_id") == "on-device", named=True)
    assert (row["cost_usd"], row["margin_share"], row["status"]) == (0, 1.0, "ok")


def test_an_open_month_is_provisional_and_not_judged(margin: Mart, months_of: Frame) -> None:
    row = product(margin(EXAMPLE, months=months_of(open_months=(MARCH,))))
    assert (row["status"], row["reason"]) == ("provisional", "incomplete_month")
    assert row["verdict"] is None


def test_requests_without_a_price_make_the_margin_provisional(margin: Mart) -> None:
    row = product(margin({**EXAMPLE, "unpriced_requests": 1}))
    assert (row["status"], row["reason"]) == ("provisional", "unpriced_requests")


def test_the_parts_of_the_cost_sum_to_the_whole(margin: Mart) -> None:
    row = product(margin(*MIXED))
    assert row["failed_usd"] == 50 - 20
    assert row["retried_usd"] == 600 - 100
    assert row["idle_usd"] == 1_800 + 19
    parts = [row[f"{part}_usd"] for part in ("direct", "idle", "failed", "retried")]
    assert row["cost_usd"] == sum(parts) == 9_600 + 600 + 1_800 + 17 + 19
    others = [row[f"{purpose}_cost_usd"] for purpose in PURPOSES]
    assert others == [40 + 3, 7, 11, 13]
    assert row["fully_loaded_cost_usd"] == sum(parts) + sum(others)


@pytest.mark.parametrize("scope_kind", FINER_SCOPES)
def test_every_scope_ties_to_the_product(margin: Mart, scope_kind: str) -> None:
    mart = margin(*MIXED, {**EXAMPLE, "usage_month": APRIL, "customer_id": "beta"})
    amounts = [name for name in mart.columns if mart.schema[name] in (pl.Decimal(38, 12), pl.Int64)]
    sums = mart.group_by("scope_kind", "usage_month").agg(pl.col(amounts).sum())
    whole = sums.filter(pl.col("scope_kind") == "product").drop("scope_kind").sort("usage_month")
    members = sums.filter(pl.col("scope_kind") == scope_kind).drop("scope_kind")
    assert members.sort("usage_month").equals(whole)


def test_what_belongs_to_nobody_has_a_member_of_its_own(margin: Mart) -> None:
    mart = margin(*MIXED)
    members = mart.filter(pl.col("scope_kind") == "customer")["scope_id"].to_list()
    assert members == ["(unallocated)", "(unknown)", "acme", "beta", "gone"]
    idle = mart.filter(pl.col("scope_id") == "(unallocated)")["idle_usd"].to_list()
    assert idle == [19] * len(FINER_SCOPES)


def test_doubling_all_money_leaves_the_shares_unchanged(margin: Mart) -> None:
    shares = ("scope_id", "margin_share", "token_weighted_margin_share", "verdict", "status")
    doubled = [
        {name: 2 * value if name.endswith("_usd") else value for name, value in row.items()}
        for row in MIXED
    ]
    assert margin(*doubled).select(shares).equals(margin(*MIXED).select(shares))


def test_money_stays_decimal_and_ratios_are_float(margin: Mart) -> None:
    schema = margin(EXAMPLE).schema
    assert schema["margin_usd"] == schema["trial_cost_usd"] == pl.Decimal(38, 12)
    assert schema["billable_requests"] == pl.Int64
    assert schema["goal"] == schema["margin_share"] == pl.Float64
    assert schema["usage_month"] == pl.Date


def test_revenue_without_exchange_rate_makes_the_margin_provisional(
    margin: Mart, months_of: Frame
) -> None:
    row = product(margin(EXAMPLE, months=months_of(MARCH, unconverted_lines=2)))
    assert (row["status"], row["reason"]) == ("provisional", "unconverted_amount")
    assert (row["unconverted_lines"], row["verdict"]) == (2, None)
