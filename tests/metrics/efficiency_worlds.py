"""Worlds with a planted effect of a version, as the facts a mart would read."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl
from metrics.customers_support import customer_months_of

from pipelines.metrics.model_efficiency_value import model_efficiency_value

Row = Mapping[str, object]

DECEMBER, JANUARY, FEBRUARY = date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1)
JANUARY_END = date(2025, 1, 31)
ARMS_SCHEMA = {
    **dict.fromkeys(("experiment", "customer_id", "model", "model_version", "arm"), pl.String),
    **dict.fromkeys(
        ("assigned_date", "converted_date", "churned_date", "observed_through_date"), pl.Date
    ),
}
VERSIONS_SCHEMA = {
    **dict.fromkeys(("model", "model_version", "parent_model_version"), pl.String),
    **dict.fromkeys(("promoted_at", "retired_at"), pl.Date),
}
RELEASES_SCHEMA = {
    **dict.fromkeys(("model", "model_version"), pl.String),
    **dict.fromkeys(("score_share", "champion_score_share"), pl.Float64),
}
PARAMETERS = {"min_arm_customers": 100, "decision_power": 0.8, "quality_elasticity": 0.5}
VERSIONS: tuple[Row, ...] = (
    {"model": "m", "model_version": "v1", "promoted_at": date(2024, 1, 1)},
    {"model": "m", "model_version": "v2", "promoted_at": date(2025, 1, 1)},
)


def table(rows: tuple[Row, ...], schema: Mapping[str, object]) -> pl.LazyFrame:
    """Rows with what is not said null."""
    return pl.LazyFrame([dict.fromkeys(schema) | dict(row) for row in rows], schema=dict(schema))


def value_of(
    *,
    arms: pl.LazyFrame | None = None,
    use: pl.LazyFrame | None = None,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    versions: tuple[Row, ...] = VERSIONS,
    releases: tuple[Row, ...] = (),
    **other: float,
) -> pl.DataFrame:
    """The mart of these facts."""
    return model_efficiency_value(
        table(versions, VERSIONS_SCHEMA),
        table((), ARMS_SCHEMA) if arms is None else arms,
        customer_months_of() if use is None else use,
        table(releases, RELEASES_SCHEMA),
        months,
        coverage,
        **(PARAMETERS | other),
    ).collect()


def use_of(
    customer: np.ndarray, month: date, margin: np.ndarray, **columns: object
) -> pl.LazyFrame:
    """Paying customers' months with a margin of their own."""
    schema = customer_months_of().collect_schema()
    given = {"usage_month": month, "is_customer": True, "has_churned": False} | columns
    frame = pl.LazyFrame({"customer_id": [f"c{n}" for n in customer]}).with_columns(
        revenue_usd=pl.Series(margin + 5.0).cast(pl.Decimal(38, 12)),
        cost_usd=pl.lit(5).cast(pl.Decimal(38, 12)),
        **{
            name: value if isinstance(value, pl.Series) else pl.lit(value)
            for name, value in given.items()
        },
    )
    names = frame.collect_schema().names()
    rest = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in names]
    return frame.with_columns(rest).select(
        pl.col(name).cast(dtype) for name, dtype in schema.items()
    )


def arms_of(arm: np.ndarray, churned: np.ndarray, assigned: np.ndarray | date) -> pl.LazyFrame:
    """Customers who had all paid before; who churned did so on the 20th of January."""
    count = len(arm)
    days = [assigned] * count if isinstance(assigned, date) else list(assigned)
    rows = {
        "experiment": ["e"] * count,
        "customer_id": [f"c{n}" for n in range(count)],
        "model": ["m"] * count,
        "model_version": ["v2"] * count,
        "arm": np.where(arm, "treatment", "holdout").tolist(),
        "assigned_date": days,
        "converted_date": [date(2024, 6, 1)] * count,
        "churned_date": [date(2025, 1, 20) if gone else None for gone in churned],
        "observed_through_date": [JANUARY_END] * count,
    }
    return pl.LazyFrame(rows, schema=ARMS_SCHEMA)


def holdout_world(seed: int, effect: float) -> tuple[pl.LazyFrame, pl.LazyFrame, float]:
    """3,000 customers, 1,000 held out; churn 8 % less `effect`; the planted value of the month."""
    rng = np.random.default_rng(seed)
    arm = np.arange(3000) < 2000
    churned = rng.random(3000) < np.where(arm, 0.08 - effect, 0.08)
    there = np.flatnonzero(~churned)
    margin = rng.normal(15, 4, len(there))
    return arms_of(arm, churned, JANUARY), use_of(there, JANUARY, margin), 2000 * effect * 15


def rollout_world(seed: int, effect: float) -> tuple[pl.LazyFrame, pl.LazyFrame, float]:
    """2,000 customers in two waves, January and February; `effect` dollars of margin each."""
    rng = np.random.default_rng(seed)
    is_first = rng.random(2000) < 0.5
    level = rng.normal(15, 6, 2000) + 2 * is_first
    everybody = np.arange(2000)
    before = use_of(everybody, DECEMBER, level + rng.normal(0, 2, 2000))
    after = use_of(everybody, JANUARY, level + 1 + effect * is_first + rng.normal(0, 2, 2000))
    assigned = np.where(is_first, JANUARY, FEBRUARY)
    arms = arms_of(np.full(2000, fill_value=True), np.full(2000, fill_value=False), assigned)
    return arms, pl.concat([before, after]), float(is_first.sum()) * effect


def matched_world(seed: int, effect: float) -> tuple[pl.LazyFrame, pl.LazyFrame, float]:
    """2,000 customers; the richer plan gets v2 more often; `effect` dollars of margin each."""
    rng = np.random.default_rng(seed)
    is_rich = rng.random(2000) < 0.4
    is_served = rng.random(2000) < np.where(is_rich, 0.7, 0.3)
    level = np.where(is_rich, 40, 10) + rng.normal(0, 5, 2000)
    columns = {
        "plan": pl.Series(np.where(is_rich, "pro", "starter")),
        "model": "m",
        "tenure_months": 5,
        "successful_requests": pl.Series(rng.integers(1, 99, 2000)),
    }
    everybody = np.arange(2000)
    version = pl.Series(np.where(is_served, "v2", "v1"))
    before = use_of(everybody, JANUARY, level, model_version=version, **columns)
    after = use_of(everybody, FEBRUARY, level + effect * is_served + rng.normal(0, 2, 2000))
    return table((), ARMS_SCHEMA), pl.concat([before, after]), float(is_served.sum()) * effect
