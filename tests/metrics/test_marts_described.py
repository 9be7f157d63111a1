"""What the marts publish is what their YAML describes, even before any data."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest
import yaml
from release_rows import (
    EVALUATION_SCHEMA,
    RELEASE_SCHEMA,
    VERSION_SCHEMA,
    dataset_months_of,
    frame_of,
    judged_marts,
)
from serving_rows import QUALITY, serving_of

from pipelines.metrics.compute_efficiency import compute_efficiency
from pipelines.metrics.data_efficiency_score import data_efficiency_score
from pipelines.metrics.inference_margin import inference_margin
from pipelines.metrics.intelligence_roi import intelligence_roi
from pipelines.metrics.learning_cost_ratio import learning_cost_ratio
from pipelines.metrics.metric_readiness import metric_readiness
from pipelines.metrics.model_decay_rate import model_decay_rate
from pipelines.metrics.reconciliation import reconciliation
from pipelines.metrics.retrain_verdicts import retrain_verdicts
from pipelines.metrics.scorecard import scorecard

Frame = Callable[..., pl.LazyFrame]

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "models" / "marts"
MARTS = (
    "inference_margin",
    "compute_efficiency",
    "reconciliation",
    "learning_cost_ratio",
    "intelligence_roi",
    "model_decay_rate",
    "data_efficiency_score",
    "retrain_verdicts",
    "metric_readiness",
    "scorecard",
)
MONEY = pl.Decimal(38, 12)
COSTS_SCHEMA = {"cost_month": pl.Date, "cost_category": pl.String, "effective_usd": MONEY}
DOCUMENT_TEXTS = ("source_feed", "document_id", "currency")
DOCUMENT_AMOUNTS = (
    "document_amount",
    "ledger_amount",
    "unmatched_amount",
    "unconverted_amount",
    "logged_usd",
    "billed_api_usd",
)
DOCUMENTS_SCHEMA = {
    "document_month": pl.Date,
    **dict.fromkeys(DOCUMENT_TEXTS, pl.String),
    **dict.fromkeys(DOCUMENT_AMOUNTS, MONEY),
    "quarantined_rows": pl.Int64,
}


def description(mart: str) -> Mapping[str, object]:
    """The model of a mart in its YAML."""
    [model] = yaml.safe_load((FOLDER / f"{mart}.yml").read_text())["models"]
    return dict(model)


@pytest.fixture
def empty_marts(
    usage_of: Frame, months_of: Frame, coverage_of: Frame
) -> Mapping[str, pl.DataFrame]:
    """Every mart of a warehouse into which nothing was loaded."""
    usage, months, coverage = usage_of(), months_of(), coverage_of(revenue=0)
    inputs = pl.scan_csv(REPOSITORY / "seeds" / "metric_inputs.csv")
    margins = inference_margin(
        usage, months, coverage, goal_margin_share=0.5, at_scale_inferences=1000
    )
    efficiency = compute_efficiency(usage, months, serving_of(), **QUALITY)
    readiness = metric_readiness(inputs, coverage)
    costs = pl.LazyFrame(schema=COSTS_SCHEMA)
    sources = {
        "inference_margin": margins,
        "compute_efficiency": efficiency,
        "fct_costs": costs,
        **judged_marts(),
        **empty_judged_marts(usage, months, coverage),
    }
    frames = {
        **sources,
        "reconciliation": reconciliation(pl.LazyFrame(schema=DOCUMENTS_SCHEMA)),
        "metric_readiness": readiness,
        "scorecard": scorecard(sources, months, readiness),
    }
    return {mart: frames[mart].collect() for mart in MARTS}


def empty_judged_marts(
    usage: pl.LazyFrame, months: pl.LazyFrame, coverage: pl.LazyFrame
) -> Mapping[str, pl.LazyFrame]:
    """The marts of learning, decay and data without any release, evaluation or dataset."""
    releases, power = frame_of(RELEASE_SCHEMA), {"decision_power": 0.8}
    decay = model_decay_rate(
        frame_of(EVALUATION_SCHEMA),
        frame_of(VERSION_SCHEMA),
        usage.with_columns(model_version=pl.lit("v1")),
        months,
        coverage,
        decay_goal_share=0.05,
        min_decay_days=14,
        **power,
    )
    rules = {"retrain_goal_points": 2, "retrain_strict_goal_points": 3} | power
    return {
        "learning_cost_ratio": learning_cost_ratio(releases, coverage, **power),
        "intelligence_roi": intelligence_roi(releases, coverage, **power),
        "model_decay_rate": decay,
        "data_efficiency_score": data_efficiency_score(dataset_months_of(), months, coverage),
        "retrain_verdicts": retrain_verdicts(
            releases, decay, coverage, revenue_share_per_point=0.01, **rules
        ),
    }


@pytest.mark.parametrize("mart", MARTS)
def test_the_columns_of_a_mart_are_the_described_ones_in_their_order(
    empty_marts: Mapping[str, pl.DataFrame], mart: str
) -> None:
    columns = description(mart)["columns"]
    assert isinstance(columns, list)
    assert empty_marts[mart].columns == [column["name"] for column in columns]


@pytest.mark.parametrize("mart", MARTS)
def test_every_number_of_a_mart_has_a_unit(
    empty_marts: Mapping[str, pl.DataFrame], mart: str
) -> None:
    columns = description(mart)["columns"]
    assert isinstance(columns, list)
    with_unit = {c["name"] for c in columns if c.get("config", {}).get("meta", {}).get("unit")}
    schema = empty_marts[mart].schema
    assert with_unit == {name for name, dtype in schema.items() if dtype.is_numeric()}


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_has_only_types_the_warehouse_takes_back(
    empty_marts: Mapping[str, pl.DataFrame], mart: str
) -> None:
    taken = {MONEY, pl.Int64(), pl.Float64(), pl.Date(), pl.String(), pl.Boolean()}
    assert set(empty_marts[mart].schema.dtypes()) <= taken


@pytest.mark.parametrize("mart", MARTS)
def test_the_parameters_a_wrapper_reads_are_those_its_yaml_sets(mart: str) -> None:
    read = re.findall(r'meta_get\("(\w+)"\)', (FOLDER / f"{mart}.py").read_text())
    config = description(mart).get("config", {})
    assert isinstance(config, dict)
    assert set(read) == set(config.get("meta", {}))


def test_before_any_data_the_scorecard_names_what_every_metric_waits_for(
    empty_marts: Mapping[str, pl.DataFrame],
) -> None:
    card = empty_marts["scorecard"]
    assert card["status"].unique().to_list() == ["not_computable"]
    assert card["reason"].str.starts_with("missing_feeds: ").all()
