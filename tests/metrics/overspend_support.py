"""Months of overspend: the facts and marts it is read off, as rows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import polars as pl

Row = Mapping[str, object]

MARCH, APRIL = date(2025, 3, 1), date(2025, 4, 1)
MONEY = pl.Decimal(38, 12)
COST = {
    **dict.fromkeys(("cost_date", "cost_month"), pl.Date),
    **dict.fromkeys(("component", "dataset_id"), pl.String),
    "effective_usd": MONEY,
}
DATASET = {
    "usage_month": pl.Date,
    "dataset_id": pl.String,
    **dict.fromkeys(
        ("collected_record_count", "unique_record_count", "near_unique_record_count"), pl.Int64
    ),
}
RELEASE = {
    **dict.fromkeys(("model", "model_version"), pl.String),
    **dict.fromkeys(("window_starts_at", "window_ends_at"), pl.Datetime),
    "compute_usd": MONEY,
}
VERDICT = dict.fromkeys(("model", "model_version", "verdict"), pl.String)
OUTCOME = {
    "usage_month": pl.Date,
    **dict.fromkeys(("feature", "model"), pl.String),
    **dict.fromkeys(("judged_outcome_count", "accepted_outcome_count"), pl.Int64),
}
DENSITY = {
    "usage_month": pl.Date,
    **dict.fromkeys(("feature", "verdict"), pl.String),
    "marginal_value_usd": pl.Float64,
}
FEEDS = (
    *("gpu_billing", "inference_logs", "labeling_invoices", "datasets", "model_evaluations"),
    *("model_versions", "training_runs", "outcomes"),
)
LOSSES = {
    "direct_usd": 100,
    "idle_usd": 30,
    "failed_usd": 12,
    "failed_idle_usd": 2,
    "retried_usd": 8,
    "retried_idle_usd": 3,
}
LABELS = {"component": "labelling", "dataset_id": "emotions", "effective_usd": 50}
RECORDS = {
    "usage_month": MARCH,
    "dataset_id": "emotions",
    "collected_record_count": 100,
    "unique_record_count": 90,
    "near_unique_record_count": 80,
}
WINDOW = {"model": "atlas", "model_version": "v2", "compute_usd": 60}
WINDOW |= {
    "window_starts_at": datetime(2025, 3, 1),  # noqa: DTZ001 - as in the facts, UTC without a zone
    "window_ends_at": datetime(2025, 4, 10),  # noqa: DTZ001 - as above
}


def frame(rows: Sequence[Row], schema: Mapping[str, object]) -> pl.LazyFrame:
    """Rows in a schema; money exact, what is not said null."""
    filled = [dict.fromkeys(schema) | dict(row) for row in rows]
    exact = [
        {
            name: Decimal(str(value)) if schema[name] == MONEY and value is not None else value
            for name, value in row.items()
        }
        for row in filled
    ]
    return pl.LazyFrame(exact, schema=dict(schema))


def cost(day: date, **row: object) -> Row:
    """A line of the ledger."""
    return {"cost_date": day, "cost_month": day.replace(day=1), **row}


def premium(accepted: int, judged: int = 20_000) -> tuple[Sequence[Row], Sequence[Row]]:
    """A dear and a cheap model of one feature: 50 and 10 cents a call; use, and outcomes."""
    usage = [
        {"model": "dear", "billable_requests": 100, "api_usd": 50},
        {"model": "cheap", "billable_requests": 100, "api_usd": 10},
    ]
    counts = {"usage_month": MARCH, "feature": "chat", "judged_outcome_count": judged}
    outcomes = [
        {**counts, "model": "dear", "accepted_outcome_count": accepted},
        {**counts, "model": "cheap", "accepted_outcome_count": judged * 8 // 10},
    ]
    return usage, outcomes


def judged(verdict: str | None, value: float, feature: str = "chat") -> Row:
    """What one more call of a feature is worth in March."""
    names = {"usage_month": MARCH, "feature": feature, "verdict": verdict}
    return {**names, "marginal_value_usd": value}


def sources_of(
    usage: pl.LazyFrame, *, verdict: str = "not_justified", **rows: Sequence[Row]
) -> Mapping[str, pl.LazyFrame]:
    """What the mart reads; every release has the same verdict."""
    releases = rows.get("releases", ())
    names = [{name: row[name] for name in ("model", "model_version")} for row in releases]
    return {
        "fct_inference_months": usage,
        "fct_costs": frame(rows.get("costs", ()), COST),
        "fct_dataset_months": frame(rows.get("datasets", ()), DATASET),
        "fct_releases": frame(releases, RELEASE),
        "fct_outcome_months": frame(rows.get("outcomes", ()), OUTCOME),
        "value_density": frame(rows.get("density", ()), DENSITY),
        "retrain_verdicts": frame([name | {"verdict": verdict} for name in names], VERDICT),
    }
