"""Who calls and what is called: the tables that the drawing of calls looks its values up in."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.span import MIDDLE
from pipelines.demo.catalogue import (
    ANTHROPIC_MODELS,
    ATLAS_CHAT,
    AUTOCOMPLETE,
    CHANGED_MODEL,
    EXTRACTION,
    FEATURES,
    FIRST_VERSION,
    PRICE_CHANGE_MONTH,
    QUALITY_MONITORING,
    SECOND_VERSION,
    nano_usd_per_token,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from benchmarks.span import Hour
    from pipelines.demo.catalogue import Feature

CUSTOMERS = 400
# One customer in twelve tries the product out, every third one pays in euros.
TRIAL_EVERY, EURO_EVERY = 12, 3
PLANS = (
    ("starter", "self_serve"),
    ("pro", "self_serve"),
    ("pro", "sales"),
    ("enterprise", "sales"),
)
MONTHLY_FEES = {"starter": Decimal(12), "pro": Decimal(59), "enterprise": Decimal("290.50")}
UNVERSIONED_SHARE = 0.1
# Milliseconds of one GPU that a call of usual size keeps busy.
GPU_MILLISECONDS = {"atlas-chat": 12_000, "atlas-mini": 500, "atlas-extract": 9_000}


def customer_name(number: int) -> str:
    """The identifier of a customer."""
    return f"customer-{number:05d}"


def is_trial(number: int) -> bool:
    """True for customers who have not converted."""
    return number % TRIAL_EVERY == 1


def customers_frame() -> pl.DataFrame:
    """One row per customer, for the drawing of calls."""
    rows = [(number, customer_name(number), is_trial(number)) for number in range(CUSTOMERS)]
    return pl.DataFrame(rows, schema=("customer_number", "customer_name", "is_trial"), orient="row")


def hours_frame(hours: list[Hour]) -> pl.DataFrame:
    """One row per hour, for the drawing of calls."""
    return pl.DataFrame(
        {
            "number": [hour.number for hour in hours],
            "day": [hour.day for hour in hours],
            "month": [hour.month for hour in hours],
            "hour_of_day": [hour.starts_at.hour for hour in hours],
            "starts_s": [int(hour.starts_at.timestamp()) for hour in hours],
            "first_call": [hour.first_call for hour in hours],
            "last_call": [hour.last_call for hour in hours],
        }
    )


def features_frame(months: list[date]) -> pl.DataFrame:
    """One row per month and feature: its share of the calls, what serves it and at which price."""
    return pl.DataFrame([row for month in months for row in _features(month)])


def _features(month: date) -> Iterator[dict[str, object]]:
    reached = [0.0, *accumulate(feature.share for feature in FEATURES)]
    for number, feature in enumerate(FEATURES):
        shares = {
            "from_share": reached[number] / reached[-1],
            "to_share": reached[number + 1] / reached[-1],
        }
        kinds = {
            "is_batch": number in (EXTRACTION, QUALITY_MONITORING),
            "is_edge": number == AUTOCOMPLETE,
            "is_watch": number == QUALITY_MONITORING,
        }
        yield {"month": month, **shares, **kinds, **_serving(feature, month)}


def _serving(feature: Feature, month: date) -> dict[str, object]:
    model = feature.model
    names = ("input_nano_usd", "cache_read_nano_usd", "cache_write_nano_usd", "output_nano_usd")
    prices = nano_usd_per_token(model, PRICE_CHANGE_MONTH if month >= MIDDLE else 0)
    is_second = model is ATLAS_CHAT and month >= MIDDLE
    return {
        "feature_name": feature.name,
        "model": model.name,
        "provider": model.provider,
        "api_base": model.api_base,
        "gpu_pool": model.gpu_pool,
        "is_api": model.is_api,
        "is_anthropic": model in ANTHROPIC_MODELS,
        "is_unpriceable": model is CHANGED_MODEL,
        "version": None if model.is_api else SECOND_VERSION if is_second else FIRST_VERSION,
        "unversioned_share": UNVERSIONED_SHARE if model is ATLAS_CHAT else 0.0,
        "usual_prompt": feature.prompt_tokens,
        "usual_completion": feature.completion_tokens,
        "usual_gpu_ms": GPU_MILLISECONDS.get(model.name, 0),
        "reasoning_share": model.reasoning_share,
        **dict(zip(names, prices, strict=True)),
    }


def middle_moment(*, days: int = 0) -> datetime:
    """The moment at which prices and versions change, or some days from it."""
    return datetime(MIDDLE.year, MIDDLE.month, MIDDLE.day) + timedelta(days=days)  # noqa: DTZ001 - log times are UTC without a zone
