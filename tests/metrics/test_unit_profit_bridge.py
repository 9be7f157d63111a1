"""The bridge: one cause moves one part, and the parts are the change to the last digit."""

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl
import pytest
from metrics.test_ai_unit_profit import units

from pipelines.metrics.unit_profit_bridge import PARTS, unit_profit_bridge

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]
Row = Mapping[str, object]

MARCH, APRIL = date(2025, 3, 1), date(2025, 4, 1)
USE: Row = {
    "inference_requests": 1_000,
    "input_tokens": 8_000,
    "output_tokens": 2_000,
    "api_usd": 100,
    "cache_saving_usd": 25,
    "idle_usd": 40,
}
UNIT: Row = {
    "usage_month": MARCH,
    "active_user_count": 10,
    "revenue_usd": 500,
    "compute_cost_usd": 100 + 40 + 60,
    "data_acquisition_cost_usd": 30,
    "maintenance_cost_usd": 20,
    "acquisition_spend_usd": 50,
}
BEFORE = (500 - 200 - 30 - 20 - 50) / 10


@pytest.fixture
def bridge(usage_of: Frame, months_of: Frame) -> Mart:
    """The bridge from March to April: what is not said is as in March."""

    def build(unit: Row, *use: Row) -> pl.DataFrame:
        april = [{**USE, **row, "usage_month": APRIL} for row in (use or ({},))]
        return unit_profit_bridge(
            units(UNIT, {**UNIT, "usage_month": APRIL, **unit}),
            usage_of(USE, *april),
            months_of(MARCH, APRIL),
        ).collect()

    return build


def effects(mart: pl.DataFrame) -> dict[str, float]:
    """The parts that are not zero."""
    return {part: float(usd) for part, usd in mart.select("part", "effect_usd").rows() if usd}


@pytest.mark.parametrize(
    ("part", "unit", "use", "effect"),
    [
        ("price", {"revenue_usd": 600}, {}, (600 - 500) / 10),
        (
            "tokens_per_request",
            {"compute_cost_usd": 250},
            {"input_tokens": 13_000, "api_usd": 150, "cache_saving_usd": 37.5},
            -(150 - 100) / 10,
        ),
        ("cache", {"compute_cost_usd": 180}, {"api_usd": 80, "cache_saving_usd": 45}, 20 / 10),
        (
            "unit_compute_rate",
            {"compute_cost_usd": 220},
            {"api_usd": 120, "cache_saving_usd": 30},
            -20 / 10,
        ),
        ("idle", {"compute_cost_usd": 205}, {"idle_usd": 45}, -5 / 10),
        ("other_compute", {"compute_cost_usd": 210}, {}, -10 / 10),
        ("data", {"data_acquisition_cost_usd": 37}, {}, -7 / 10),
        ("maintenance", {"maintenance_cost_usd": 26}, {}, -6 / 10),
        ("acquisition", {"acquisition_spend_usd": 55}, {}, -5 / 10),
    ],
)
def test_one_cause_moves_one_part(
    bridge: Mart, part: str, unit: Row, use: Row, effect: float
) -> None:
    mart = bridge(unit, use)
    assert effects(mart) == pytest.approx({part: effect})
    assert float(mart["last_unit_profit_usd"][0]) == pytest.approx(BEFORE)
    assert float(mart["unit_profit_usd"][0]) == pytest.approx(BEFORE + effect)


def test_more_users_who_use_as_much_only_spread_the_fixed_costs(bridge: Mart) -> None:
    twice = {"active_user_count": 20, "revenue_usd": 1_000, "compute_cost_usd": 300}
    use = {name: 2 * USE[name] for name in USE if name != "idle_usd"}  # type: ignore[operator]  # numbers
    fixed = 40 + 60 + 30 + 20 + 50
    assert effects(bridge(twice, use)) == pytest.approx({"volume": fixed / 10 - fixed / 20})


def test_a_new_model_is_mix_and_nothing_else(bridge: Mart) -> None:
    dear = {
        "model": "dear",
        "inference_requests": 500,
        "input_tokens": 40_000,
        "output_tokens": 10_000,
        "api_usd": 900,
        "cache_saving_usd": 0,
        "idle_usd": 0,
    }
    half = {
        "inference_requests": 500,
        "input_tokens": 4_000,
        "output_tokens": 1_000,
        "api_usd": 50,
        "cache_saving_usd": 12.5,
    }
    mart = bridge({"compute_cost_usd": 950 + 40 + 60}, half, dear)
    assert effects(mart) == pytest.approx({"model_mix": -(950 - 100) / 10})


def test_the_parts_sum_to_the_change_to_the_last_digit(bridge: Mart) -> None:
    unit = {
        "active_user_count": 7,
        "revenue_usd": 611.13,
        "compute_cost_usd": 333.37,
        "data_acquisition_cost_usd": 31.7,
        "maintenance_cost_usd": 0.3,
        "acquisition_spend_usd": None,
    }
    use = {"inference_requests": 1_313, "input_tokens": 9_999, "api_usd": 77.7, "idle_usd": 3.3}
    mart = bridge(unit, use, {"model": "small", "cache_saving_usd": -3})
    assert mart["effect_usd"].sum() == mart["change_usd"][0]
    assert mart["part"].to_list() == list(PARTS)
    profit = (611.13 - 333.37 - 31.7 - 0.3) / 7
    assert float(mart["unit_profit_usd"][0]) == pytest.approx(profit)


def test_without_users_there_is_no_unit_profit_to_explain(bridge: Mart) -> None:
    mart = bridge({"active_user_count": 0})
    assert mart["change_usd"].null_count() == len(PARTS)
    assert mart["reason"].unique().to_list() == ["no_active_users"]


def test_the_first_month_has_nothing_to_be_compared_with(bridge: Mart) -> None:
    assert bridge({})["usage_month"].unique().to_list() == [APRIL]


def test_where_no_token_is_logged_a_request_is_its_token(bridge: Mart) -> None:
    mart = bridge({}, {"input_tokens": 0, "output_tokens": 0})
    assert mart["effect_usd"].sum() == 0


def test_doubling_all_money_doubles_every_effect(usage_of: Frame, months_of: Frame) -> None:
    def parts(factor: int) -> list[float]:
        money = {n: factor * v for n, v in UNIT.items() if n.endswith("_usd")}  # type: ignore[operator]  # numbers
        use = {n: (factor if n.endswith("_usd") else 1) * v for n, v in USE.items()}  # type: ignore[operator]  # numbers
        mart = unit_profit_bridge(
            units(
                {**UNIT, **money}, {**UNIT, **money, "usage_month": APRIL, "active_user_count": 12}
            ),
            usage_of(use, {**use, "usage_month": APRIL, "input_tokens": 9_000}),
            months_of(MARCH, APRIL),
        ).collect()
        return [float(usd) for usd in mart["effect_usd"]]

    assert parts(2) == pytest.approx([2 * usd for usd in parts(1)])
