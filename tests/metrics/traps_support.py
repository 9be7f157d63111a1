"""Worlds with and without a trap, as the marts and facts that `traps` reads."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
from metrics.described import columns_of

from pipelines.metrics.compute_spirals import TrapRules
from pipelines.metrics.traps import traps

Row = Mapping[str, object]
MONEY = pl.Decimal(38, 12)

RULES = TrapRules(spiral_window_months=6, spiral_min_months=4, inflation_min_fall_share=0.01)
MARGIN = {
    **dict.fromkeys(("scope_kind", "scope_id", "status", "reason"), pl.String),
    **dict.fromkeys(("revenue_usd", "cost_usd"), MONEY),
    "usage_month": pl.Date,
    "margin_share": pl.Float64,
}
BRIDGE = {
    "usage_month": pl.Date,
    "part": pl.String,
    "explanation": pl.String,
    "effect_usd": MONEY,
}
SCORE = {
    **dict.fromkeys(("scope_kind", "dataset_id", "status", "reason"), pl.String),
    "usage_month": pl.Date,
    "data_efficiency_share": pl.Float64,
    "data_cost_usd": MONEY,
}
RECORDS = ("collected", "unique", "near_unique", "collected_90_days", "used_90_days")
DATASET = {
    "dataset_id": pl.String,
    "usage_month": pl.Date,
    **{f"{name}_record_count": pl.Int64 for name in RECORDS},
}
VERDICT = {
    **dict.fromkeys(("model", "model_version", "verdict", "status", "reason"), pl.String),
    "promoted_date": pl.Date,
    "learning_cost_usd": MONEY,
    **dict.fromkeys(
        ("gain_points", "gain_points_ci_low", "gain_points_ci_high", "goal"), pl.Float64
    ),
    "item_count": pl.Int64,
}
EXCEPTION = {
    **dict.fromkeys(("trap", "scope_kind", "scope_id", "exception_reason"), pl.String),
    **dict.fromkeys(("accepted_from_date", "accepted_until_date"), pl.Date),
}


def month(number: int) -> date:
    """The first day of a month counted from January 2025."""
    return date(2025 + number // 12, number % 12 + 1, 1)


def frame(rows: Sequence[Row], schema: Mapping[str, object]) -> pl.LazyFrame:
    """Rows in a schema; what is not said is null."""
    return pl.LazyFrame([dict.fromkeys(schema) | dict(row) for row in rows], schema=dict(schema))


def exact(amount: float) -> Decimal:
    return Decimal(str(round(float(amount), 6)))


def margin_rows(costs: Sequence[float], revenues: Sequence[float], **other: object) -> list[Row]:
    """Months of the product's margin."""
    return [
        {
            "scope_kind": "product",
            "scope_id": "all",
            "usage_month": month(number),
            "revenue_usd": exact(revenue),
            "cost_usd": exact(cost),
            "margin_share": 1 - cost / revenue,
            "status": "ok",
            **other,
        }
        for number, (cost, revenue) in enumerate(zip(costs, revenues, strict=True))
    ]


def mart(
    *,
    margins: Sequence[Row] = (),
    bridge: Sequence[Row] = (),
    scores: Sequence[Row] = (),
    datasets: Sequence[Row] = (),
    verdicts: Sequence[Row] = (),
    exceptions: Sequence[Row] = (),
) -> pl.DataFrame:
    """The mart of these rows."""
    found = traps(
        frame(margins, MARGIN),
        frame(bridge, BRIDGE),
        frame(scores, SCORE),
        frame(datasets, DATASET),
        frame(verdicts, VERDICT),
        frame(exceptions, EXCEPTION),
        rules=RULES,
    ).collect()
    assert found.columns == columns_of("traps")
    return found


def last(found: pl.DataFrame) -> dict[str, object]:
    """The newest row."""
    return found.sort("usage_month").row(-1, named=True)


def company(
    seed: int, *, cost_growth: float, noise: float, months: int = 13
) -> tuple[list[Row], float]:
    """A company whose revenue grows 4 % a month, and its true cost per revenue at the end."""
    rng = np.random.default_rng(seed)
    time = np.arange(months)
    revenue = 1_000 * 1.04**time * np.exp(rng.normal(0, noise, months))
    cost = 300 * (1 + cost_growth) ** time * np.exp(rng.normal(0, noise, months))
    truth = 0.3 * ((1 + cost_growth) / 1.04) ** (months - 1)
    return margin_rows(cost, revenue), truth


def dataset_rows(shares: Sequence[float], costs: Sequence[float]) -> tuple[list[Row], list[Row]]:
    """Months of one dataset's score, and its records: a fifth duplicates, half unused when old."""
    scores = [
        {
            "scope_kind": "dataset",
            "dataset_id": "emotions",
            "usage_month": month(number),
            "data_efficiency_share": share,
            "data_cost_usd": exact(cost),
            "status": "ok",
        }
        for number, (share, cost) in enumerate(zip(shares, costs, strict=True))
    ]
    counts = {
        f"{name}_record_count": n for name, n in zip(RECORDS, (100, 90, 80, 60, 10), strict=True)
    }
    datasets = [
        {"dataset_id": "emotions", "usage_month": row["usage_month"], **counts} for row in scores
    ]
    return scores, datasets


RETRAIN = {
    "model": "atlas",
    "model_version": "v3",
    "verdict": "not_justified",
    "status": "ok",
    "promoted_date": date(2025, 5, 17),
    "learning_cost_usd": Decimal(9_000),
    "gain_points": 0.5,
    "gain_points_ci_low": -0.6,
    "gain_points_ci_high": 1.6,
    "goal": 2.0,
    "item_count": 2_000,
}
