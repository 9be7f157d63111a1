"""Rows of `fct_serving_months`, for the tests of what it feeds."""

from typing import Any

import polars as pl
from release_rows import MONEY, frame_of

SERVING_SCHEMA: dict[str, Any] = {
    "usage_month": pl.Date,
    **dict.fromkeys(("feature", "model", "serving_way"), pl.String),
    **dict.fromkeys(("delivered_tokens", "judged_outcome_count", "good_outcome_count"), pl.Int64),
    "served_usd": MONEY,
}
QUALITY: dict[str, float] = {"quality_margin_points": 1, "decision_power": 0.8}


def serving_of(*rows: dict[str, object]) -> pl.LazyFrame:
    """Calls by how they were answered."""
    return frame_of(SERVING_SCHEMA, *rows)
