"""Rows of the facts that the metrics of learning read, for their tests."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

MONEY = pl.Decimal(38, 12)
RELEASE_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(
        ("model", "model_version", "previous_model_version", "benchmark", "metric", "sample_kind"),
        pl.String,
    ),
    **dict.fromkeys(("promoted_at", "retired_at"), pl.Datetime("us")),
    "served_through_date": pl.Date,
    **dict.fromkeys(("score_share", "champion_score_share"), pl.Float64),
    **dict.fromkeys(
        (
            "item_count",
            "champion_item_count",
            "fixed_item_count",
            "broken_item_count",
            "run_count",
            "failed_run_count",
            "unpriced_run_count",
            "unconverted_lines",
        ),
        pl.Int64,
    ),
    **dict.fromkeys(
        ("compute_usd", "data_billed_usd", "data_effective_usd", "served_revenue_usd"), MONEY
    ),
    **dict.fromkeys(("is_paired", "is_released"), pl.Boolean),
}
RELEASE: dict[str, object] = {
    "model": "atlas",
    "model_version": "v2",
    "previous_model_version": "v1",
    "benchmark": "answers",
    "metric": "accuracy",
    "sample_kind": "fresh",
    "promoted_at": datetime(2026, 3, 1),  # noqa: DTZ001 - the facts are UTC without a zone
    "score_share": 0.84,
    "champion_score_share": 0.80,
    "item_count": 10_000,
    "fixed_item_count": 900,
    "broken_item_count": 500,
    "run_count": 4,
    "failed_run_count": 1,
    "unpriced_run_count": 0,
    "unconverted_lines": 0,
    "compute_usd": 12_000,
    "data_billed_usd": 8_000,
    "data_effective_usd": 1_000,
    "is_paired": True,
    "is_released": True,
}
NEXT_RELEASE = {
    **RELEASE,
    "model_version": "v3",
    "previous_model_version": "v2",
    "promoted_at": datetime(2026, 5, 1),  # noqa: DTZ001 - as above
    "score_share": 0.864,
    "champion_score_share": 0.84,
    "fixed_item_count": 700,
    "broken_item_count": 460,
    "compute_usd": 15_000,
    "data_billed_usd": 3_000,
}
INDEPENDENT = {
    "is_paired": False,
    "fixed_item_count": None,
    "broken_item_count": None,
    "champion_item_count": 10_000,
}
FIRST_RELEASE = {
    "model": "atlas",
    "model_version": "v1",
    "promoted_at": datetime(2026, 1, 1),  # noqa: DTZ001 - as above
    "run_count": 0,
    "failed_run_count": 0,
    "unpriced_run_count": 0,
    "unconverted_lines": 0,
    "compute_usd": 0,
    "data_billed_usd": 0,
    "data_effective_usd": 0,
    "is_paired": False,
    "is_released": True,
}
EVALUATION_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(
        ("evaluation_id", "model", "model_version", "benchmark", "metric", "sample_kind"), pl.String
    ),
    **dict.fromkeys(("evaluated_at", "promoted_at"), pl.Datetime("us")),
    "score_share": pl.Float64,
    "item_count": pl.Int64,
    "age_months": pl.Float64,
}
VERSION_SCHEMA: dict[str, Any] = {
    "model": pl.String,
    "model_version": pl.String,
    "promoted_at": pl.Datetime("us"),
}
DATASET_COUNTS = (
    *("collected_record_count", "unique_record_count", "near_unique_record_count"),
    "used_record_count",
    *(
        f"{kind}_{days}_days_record_count"
        for days in (30, 60, 90)
        for kind in ("collected", "used")
    ),
    "unconverted_lines",
)
DATASET_SCHEMA: dict[str, Any] = {
    "dataset_id": pl.String,
    "usage_month": pl.Date,
    "counted_date": pl.Date,
    "count_basis": pl.String,
    "use_basis": pl.String,
    **dict.fromkeys(DATASET_COUNTS, pl.Int64),
    "data_cost_usd": MONEY,
}


def frame_of(schema: dict[str, Any], *rows: dict[str, object]) -> pl.LazyFrame:
    """Rows in a schema: what is not said is null, and money is exact."""
    exact = [{name: _exact(row.get(name), dtype) for name, dtype in schema.items()} for row in rows]
    return pl.LazyFrame(exact, schema=schema)


def _exact(value: object, dtype: object) -> object:
    return Decimal(str(value)) if dtype == MONEY and value is not None else value


def releases_of(*rows: dict[str, object]) -> pl.LazyFrame:
    """Rows of `fct_releases`."""
    return frame_of(RELEASE_SCHEMA, *rows)


def dataset_months_of(*rows: dict[str, object]) -> pl.LazyFrame:
    """Rows of `fct_dataset_months`: a million records of a snapshot, unless said otherwise."""
    snapshot: dict[str, object] = {
        "dataset_id": "emotions",
        "usage_month": date(2025, 3, 1),
        "count_basis": "snapshot",
        "use_basis": "reported",
        "collected_record_count": 1_000_000,
        "unique_record_count": 1_000_000 - 300_000,
        "near_unique_record_count": 1_000_000 - 300_000 - 150_000,
        "used_record_count": 330_000,
        "unconverted_lines": 0,
        "data_cost_usd": 0,
    }
    return frame_of(DATASET_SCHEMA, *({**snapshot, **row} for row in rows))


def judged_marts(**rows: list[dict[str, object]]) -> dict[str, pl.LazyFrame]:
    """The marts that say their own status, as the scorecard reads them; empty unless said."""
    columns = {
        "learning_cost_ratio": (*RELEASED, *_estimate("learning_cost_ratio"), "learning_cost_usd"),
        "intelligence_roi": (*RELEASED, *_estimate("intelligence_roi_ratio"), "improvement_share"),
        "model_decay_rate": ("scope_kind", "usage_month", *_estimate("monthly_decay_share")),
        "data_efficiency_score": ("scope_kind", "usage_month", "data_efficiency_share"),
        "retrain_verdicts": (*RELEASED, *_estimate("gain_points")),
        "ai_unit_profit": ("scope_kind", "form", "usage_month", *_estimate("unit_profit_usd")),
        "acquisition_cost": ("scope_kind", "cohort_month", "cac_usd", "adjusted_cac_usd"),
    }
    columns["learning_cost_ratio"] += ("gain_points",)
    columns["intelligence_roi"] += ("compute_usd",)
    columns["ai_unit_profit"] += ("numerator", "denominator")
    columns["data_efficiency_score"] += ("used_record_count", "collected_record_count")
    schemas = {
        mart: {name: TYPES.get(name, pl.Float64) for name in (*names, *WORDS)}
        for mart, names in columns.items()
    }
    return {mart: frame_of(schema, *rows.get(mart, [])) for mart, schema in schemas.items()}


RELEASED = ("model", "model_version", "previous_model_version", "promoted_date")
WORDS = ("goal", "verdict", "status", "reason")
TEXTS = ("model", "model_version", "previous_model_version", "verdict", "status", "reason")
TYPES: dict[str, Any] = {
    **dict.fromkeys((*TEXTS, "scope_kind", "form"), pl.String),
    **dict.fromkeys(("promoted_date", "usage_month", "cohort_month"), pl.Date),
}


def _estimate(name: str) -> tuple[str, str, str]:
    return (name, f"{name}_ci_low", f"{name}_ci_high")
