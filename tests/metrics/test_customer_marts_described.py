"""What the marts about users and customers publish is what their YAML describes."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from metrics.customers_support import customer_months_of, lifetimes_of
from metrics.efficiency_worlds import (
    ARMS_SCHEMA,
    PARAMETERS,
    RELEASES_SCHEMA,
    VERSIONS_SCHEMA,
    table,
)
from metrics.test_acquisition_cost import spent
from metrics.test_ai_unit_profit import units
from metrics.test_retention_decay_lag import EVALUATIONS_SCHEMA

from pipelines.metrics.acquisition_cost import acquisition_cost
from pipelines.metrics.ai_unit_profit import ai_unit_profit
from pipelines.metrics.lifetime_value import lifetime_value
from pipelines.metrics.moat import moat
from pipelines.metrics.model_churn import model_churn
from pipelines.metrics.model_efficiency_value import model_efficiency_value
from pipelines.metrics.retention import retention
from pipelines.metrics.retention_decay_lag import retention_decay_lag
from pipelines.metrics.unit_profit_bridge import unit_profit_bridge

Frame = Callable[..., pl.LazyFrame]
Marts = Mapping[str, pl.DataFrame]

FOLDER = Path(__file__).resolve().parents[2] / "models" / "marts"
MARTS = (
    "ai_unit_profit",
    "unit_profit_bridge",
    "model_efficiency_value",
    "acquisition_cost",
    "lifetime_value",
    "retention",
    "retention_decay_lag",
    "model_churn",
    "moat",
)
MONEY = pl.Decimal(38, 12)
ENOUGH = {"min_customers": 100, "min_periods": 3}


def description(mart: str) -> dict[str, Any]:
    """The model of a mart in its YAML."""
    [model] = yaml.safe_load((FOLDER / f"{mart}.yml").read_text("utf-8"))["models"]
    return dict(model)


def empty_efficiency(months: pl.LazyFrame, coverage: pl.LazyFrame) -> pl.LazyFrame:
    """The value of no version."""
    schemas = (VERSIONS_SCHEMA, ARMS_SCHEMA, RELEASES_SCHEMA)
    versions, arms, releases = (table((), schema) for schema in schemas)
    use = customer_months_of()
    return model_efficiency_value(versions, arms, use, releases, months, coverage, **PARAMETERS)


@pytest.fixture
def empty_marts(usage_of: Frame, months_of: Frame, coverage_of: Frame) -> Marts:
    """Every mart of a warehouse into which nothing was loaded."""
    months, coverage = months_of(), coverage_of(revenue=0)
    lives, use = lifetimes_of(), customer_months_of()
    versions = table((), VERSIONS_SCHEMA)
    scores = pl.LazyFrame(schema=EVALUATIONS_SCHEMA)
    worth = lifetime_value(
        lives, use, coverage, discount_rate=0.1, horizon_months=36, long_horizon_months=60, **ENOUGH
    )
    gained = empty_efficiency(months, coverage)
    unit = units({}).filter(pl.lit(value=False))
    frames = (
        ai_unit_profit(unit, gained, worth, months, coverage),
        unit_profit_bridge(unit, usage_of(), months),
        gained,
        acquisition_cost(
            lives, use, spent(), months, coverage, lag_months=0, assisted_channels=["outbound"]
        ),
        worth,
        retention(lives, use, projected_periods=12, personalised_sessions=10, **ENOUGH),
        retention_decay_lag(use, versions, scores, coverage, level=0.025, min_cycles=2),
        model_churn(scores, coverage, loss_share=0.05, min_versions=3),
        moat(lives, use, coverage, min_customers=100),
    )
    return {mart: frame.collect() for mart, frame in zip(MARTS, frames, strict=True)}


@pytest.mark.parametrize("mart", MARTS)
def test_the_columns_of_a_mart_are_the_described_ones_in_their_order(
    empty_marts: Marts, mart: str
) -> None:
    columns = description(mart)["columns"]
    assert empty_marts[mart].columns == [column["name"] for column in columns]


@pytest.mark.parametrize("mart", MARTS)
def test_every_number_of_a_mart_has_a_unit(empty_marts: Marts, mart: str) -> None:
    columns = description(mart)["columns"]
    with_unit = {c["name"] for c in columns if c.get("config", {}).get("meta", {}).get("unit")}
    schema = empty_marts[mart].schema
    numbers = {name for name, dtype in schema.items() if dtype.is_numeric()}
    assert with_unit == {name for name in numbers if not name.endswith("_number")}


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_has_only_types_the_warehouse_takes_back(empty_marts: Marts, mart: str) -> None:
    taken = {MONEY, pl.Int64(), pl.Float64(), pl.Date(), pl.String(), pl.Boolean()}
    assert set(empty_marts[mart].schema.dtypes()) <= taken


@pytest.mark.parametrize("mart", MARTS)
def test_the_parameters_a_wrapper_reads_are_those_its_yaml_sets(mart: str) -> None:
    read = re.findall(r'meta_get\("(\w+)"\)', (FOLDER / f"{mart}.py").read_text("utf-8"))
    assert set(read) == set(description(mart).get("config", {}).get("meta", {}))
