"""Compute efficiency: a published day of inference, its nulls, and shares that do not overlap."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from serving_rows import QUALITY, serving_of

from pipelines.metrics.compute_efficiency import COUNTS, MONEY, compute_efficiency

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]

MARCH = date(2025, 3, 1)
# One day of DeepSeek's V3/R1 service as published in February 2025.
PUBLISHED_DAY = {
    "inference_requests": 1,
    "cache_measured_requests": 1,
    "input_tokens": 608_000_000_000,
    "cache_read_tokens": 342_000_000_000,
    "output_tokens": 168_000_000_000,
    "delivered_tokens": 608_000_000_000 + 168_000_000_000,
    "direct_usd": 87_072,
}
LOSSES = {
    "direct_usd": 60,
    "idle_usd": 40,
    "failed_usd": 15,
    "failed_idle_usd": 5,
    "retried_usd": 8,
    "retried_idle_usd": 3,
    "delivered_tokens": 1000,
}


@pytest.fixture
def efficiency(usage_of: Frame, months_of: Frame) -> Mart:
    """The mart of rows of usage, of complete months unless said otherwise."""

    def build(
        *rows: dict[str, object],
        months: pl.LazyFrame | None = None,
        serving: tuple[dict[str, object], ...] = (),
    ) -> pl.DataFrame:
        return compute_efficiency(
            usage_of(*rows),
            months_of(MARCH) if months is None else months,
            serving_of(*serving),
            **QUALITY,
        ).collect()

    return build


def whole(mart: pl.DataFrame) -> dict[str, object]:
    """The one row of all models."""
    return mart.row(by_predicate=pl.col("model") == "(all)", named=True)


def test_the_published_day_yields_its_published_figures(efficiency: Mart) -> None:
    row = whole(efficiency(PUBLISHED_DAY))
    assert row["tokens_per_usd"] == pytest.approx(8_912_164.645350974)
    assert row["output_tokens_per_usd"] == pytest.approx(168e9 / 87_072)
    assert row["cost_usd_per_million_tokens"] == pytest.approx(87_072 / 776_000)
    assert row["cost_usd_per_million_output_tokens"] == pytest.approx(0.518286, abs=5e-7)
    assert row["cache_read_share"] == pytest.approx(0.5625)
    assert (row["status"], row["reason"]) == ("ok", None)


def test_all_models_are_a_ratio_of_sums_and_not_a_mean_of_ratios(efficiency: Mart) -> None:
    small = {"model": "small", "api_usd": 1, "delivered_tokens": 900}
    large = {"model": "large", "api_usd": 9, "delivered_tokens": 100}
    mart = efficiency(small, large)
    assert mart["model"].to_list() == ["(all)", "large", "small"]
    assert whole(mart)["tokens_per_usd"] == pytest.approx((900 + 100) / (1 + 9))


def test_both_cache_shares_differ_where_long_prompts_hit_more_often(efficiency: Mart) -> None:
    two_requests = {
        "api_usd": 1,
        "delivered_tokens": 1100,
        "cache_measured_requests": 2,
        "input_tokens": 1000 + 100,
        "cache_read_tokens": 900,
        "summed_cache_read_share": 900 / 1000 + 0 / 100,
    }
    row = whole(efficiency(two_requests))
    assert row["cache_read_share"] == pytest.approx(900 / 1100)
    assert row["mean_request_cache_read_share"] == pytest.approx((0.9 + 0.0) / 2)


def test_idle_failed_and_retried_shares_count_no_dollar_twice(efficiency: Mart) -> None:
    row = whole(efficiency(LOSSES))
    assert row["idle_share"] == pytest.approx(40 / 100)
    assert row["failed_share"] == pytest.approx((15 - 5) / 100)
    assert row["retried_share"] == pytest.approx((8 - 3) / 100)


def test_the_idle_policy_does_not_move_the_shares_of_all_models(efficiency: Mart) -> None:
    separate_work = {**LOSSES, "idle_usd": 0, "failed_usd": 10, "failed_idle_usd": 0}
    separate_work |= {"retried_usd": 5, "retried_idle_usd": 0}
    separate_idle = {"idle_usd": 40, "model": "(unallocated)", "is_unallocated": True}
    shares = ("tokens_per_usd", "idle_share", "failed_share", "retried_share")
    weighted, separate = whole(efficiency(LOSSES)), whole(efficiency(separate_work, separate_idle))
    assert [weighted[name] for name in shares] == [separate[name] for name in shares]


def test_without_cost_no_token_is_free(efficiency: Mart) -> None:
    row = whole(efficiency({"delivered_tokens": 1000}))
    assert row["tokens_per_usd"] is None
    assert row["cost_usd_per_million_tokens"] is None
    assert row["idle_share"] is None
    assert (row["status"], row["reason"]) == ("not_computable", "no_cost")


def test_idle_hours_without_tokens_have_a_cost_and_no_cost_per_token(efficiency: Mart) -> None:
    row = whole(efficiency({"idle_usd": 5, "is_unallocated": True}))
    assert (row["cost_usd"], row["cost_usd_per_million_tokens"]) == (5, None)
    assert (row["status"], row["reason"]) == ("not_computable", "no_delivered_tokens")


def test_an_unmeasured_cache_has_neither_share_nor_saving(efficiency: Mart) -> None:
    row = whole(efficiency({"api_usd": 1, "delivered_tokens": 9, "input_tokens": 9}))
    assert row["cache_read_share"] is None
    assert row["mean_request_cache_read_share"] is None
    assert row["cache_saving_usd"] is None


def test_unpriced_requests_and_open_months_are_provisional(
    efficiency: Mart, months_of: Frame
) -> None:
    row = whole(efficiency({**PUBLISHED_DAY, "unpriced_requests": 1}))
    assert (row["status"], row["reason"]) == ("provisional", "unpriced_requests")
    row = whole(efficiency(PUBLISHED_DAY, months=months_of(open_months=(MARCH,))))
    assert (row["status"], row["reason"]) == ("provisional", "incomplete_month")


def test_the_models_sum_to_all_models(efficiency: Mart) -> None:
    mart = efficiency(LOSSES, {**LOSSES, "model": "small"}, {**PUBLISHED_DAY, "model": None})
    amounts = [*MONEY, *COUNTS]
    is_whole = pl.col("model") == "(all)"
    models = mart.filter(~is_whole)
    assert models["model"].to_list() == ["(unknown)", "large", "small"]
    assert models.select(pl.col(amounts).sum()).equals(mart.filter(is_whole).select(amounts))


def test_revenue_without_usage_is_no_model(efficiency: Mart) -> None:
    mart = efficiency(PUBLISHED_DAY, {"model": "(no usage)", "revenue_usd": 5})
    assert mart["model"].to_list() == ["(all)", "large"]


def test_doubling_all_money_halves_the_yield_and_leaves_the_shares(efficiency: Mart) -> None:
    money = [name for name in LOSSES if name.endswith("_usd")]
    once = whole(efficiency(LOSSES))
    twice = whole(efficiency({**LOSSES, **{name: 2 * LOSSES[name] for name in money}}))
    assert twice["tokens_per_usd"] == pytest.approx(1000 / 200)
    assert twice["failed_share"] == once["failed_share"]


def served(
    way: str, tokens: int, usd: float, judged: int, good: int, **more: object
) -> dict[str, object]:
    """A month's calls of one feature answered in one way."""
    return {
        "usage_month": MARCH,
        "feature": "chat",
        "model": "large",
        "serving_way": way,
        "delivered_tokens": tokens,
        "served_usd": usd,
        "judged_outcome_count": judged,
        "good_outcome_count": good,
        **more,
    }


def test_a_saving_on_the_device_counts_where_quality_held(efficiency: Mart) -> None:
    cloud = served("cloud", 1_000, 50, 40_000, 32_000)
    device = served("on_device", 400, 0, 40_000, 32_000)
    row = whole(efficiency(PUBLISHED_DAY, serving=(cloud, device)))
    assert row["on_device_saving_usd"] == pytest.approx(400 * 50 / 1_000 - 0)
    assert row["on_device_unproven_saving_usd"] == pytest.approx(0)
    assert row["on_device_quality_points"] == pytest.approx(0)
    assert -1 <= float(str(row["on_device_quality_points_ci_low"])) < 0
    assert row["on_device_needed_outcome_count"] is None


def test_a_saving_counts_for_nothing_while_quality_may_have_fallen(efficiency: Mart) -> None:
    cloud = served("cloud", 1_000, 50, 100, 80)
    device = served("on_device", 400, 0, 100, 80)
    row = whole(efficiency(PUBLISHED_DAY, serving=(cloud, device)))
    assert row["on_device_saving_usd"] == 0
    assert row["on_device_unproven_saving_usd"] == pytest.approx(400 * 50 / 1_000)
    # two shares of 0.8 from n each: 2.8 standard errors are one point at n = 2.8^2 x 0.32 / 0.01^2
    assert row["on_device_needed_outcome_count"] == pytest.approx(2.8**2 * 0.32 / 0.01**2, rel=0.05)
    worse = served("on_device", 400, 0, 40_000, 30_000)
    row = whole(
        efficiency(PUBLISHED_DAY, serving=(served("cloud", 1_000, 50, 40_000, 32_000), worse))
    )
    assert (row["on_device_saving_usd"], row["on_device_quality_points"]) == (0, pytest.approx(-5))


def test_a_smaller_model_saves_against_the_dearest_of_its_feature(efficiency: Mart) -> None:
    large = served("cloud", 1_000, 50, 40_000, 32_000)
    small = served("cloud", 3_000, 30, 40_000, 32_100, model="small")
    elsewhere = served("cloud", 9_000, 9, 40_000, 32_000, model="small", feature="search")
    usage = {**PUBLISHED_DAY, "model": "small"}
    mart = efficiency(PUBLISHED_DAY, usage, serving=(large, small, elsewhere))
    row = mart.row(by_predicate=pl.col("model") == "small", named=True)
    assert row["smaller_model_saving_usd"] == pytest.approx(3_000 * 50 / 1_000 - 30)
    assert row["counted_saving_usd"] == pytest.approx(3_000 * 50 / 1_000 - 30 + 0)
    large_row = mart.row(by_predicate=pl.col("model") == "large", named=True)
    assert large_row["smaller_model_saving_usd"] is None


def test_a_stored_answer_without_outcomes_is_estimated_and_not_counted(efficiency: Mart) -> None:
    cloud, stored = served("cloud", 1_000, 50, 9, 9), served("stored_answer", 100, 0, 0, 0)
    row = whole(efficiency(PUBLISHED_DAY, serving=(cloud, stored)))
    assert row["stored_answer_saving_usd"] == 0
    assert row["stored_answer_unproven_saving_usd"] == pytest.approx(100 * 50 / 1_000)
    assert row["stored_answer_quality_points"] is None
    alone = whole(efficiency(PUBLISHED_DAY, serving=(stored,)))
    assert alone["stored_answer_saving_usd"] is None


def test_the_cache_saving_needs_no_proof_of_quality(efficiency: Mart) -> None:
    row = whole(efficiency({**PUBLISHED_DAY, "cache_saving_usd": 7}))
    assert row["cache_saving_usd"] == Decimal(7)
    assert row["counted_saving_usd"] == pytest.approx(7)


def test_outcomes_of_earlier_months_count_and_those_of_later_ones_do_not(
    efficiency: Mart, months_of: Frame
) -> None:
    april = date(2025, 4, 1)
    judged = {"judged": 40_000, "good": 32_000}
    rows = []
    for month, n in ((MARCH, judged), (april, {"judged": 0, "good": 0})):
        rows += [
            served("cloud", 1_000, 50, **n, usage_month=month),
            served("on_device", 400, 0, **n, usage_month=month),
        ]
    days = (PUBLISHED_DAY, {**PUBLISHED_DAY, "usage_month": april})
    both = efficiency(*days, months=months_of(MARCH, april), serving=tuple(rows))
    counted = both.filter(pl.col("model") == "(all)")["on_device_outcome_count"].to_list()
    assert counted == [40_000, 40_000]
