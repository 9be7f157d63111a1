"""The small tables, as canonical CSV: customers, model versions, model prices, exchange rates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.demo.catalogue import (
    API_MODELS,
    CHANGED_MODEL,
    PRICE_CHANGE_MONTH,
    TOKEN_KINDS,
    nano_usd_per_token,
)
from pipelines.demo.customer_rows import CUSTOMER_COLUMNS, customer_rows
from pipelines.demo.files import write_csv
from pipelines.demo.versions import VERSIONS, cutoff_on, parent_of, promoted_on, retired_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.demo.catalogue import Model
    from pipelines.demo.plan import Plan

STREAM = 40
SATURDAY = 5
# Exchange rates begin a week early, so that the first day has one even if it is a holiday.
DAYS_BEFORE = 7
FIRST_RATE, DAILY_MOVE, RATE_DIGITS = 1.085, 0.003, 4
YEAR = timedelta(days=365)


def write_small_feeds(landing: Path, plan: Plan) -> None:
    """One file per table."""
    tables = {
        "customers": (CUSTOMER_COLUMNS, customer_rows(plan)),
        "model_versions": (VERSION_COLUMNS, _versions(plan)),
        "model_prices": (PRICE_COLUMNS, _prices(plan)),
        "exchange_rates": (RATE_COLUMNS, _rates(plan)),
    }
    for feed, (columns, rows) in tables.items():
        write_csv(landing / feed / f"{feed}.csv", columns, rows, covers=plan.period.end)


VERSION_COLUMNS = (
    "model",
    "version",
    "promoted_at",
    "retired_at",
    "parent_version",
    "data_cutoff_at",
)


def _versions(plan: Plan) -> Iterator[tuple[str | None, ...]]:
    """The versions of the company's own models, as the registry holds them."""
    for version in VERSIONS:
        parent = parent_of(version)
        promoted = promoted_on(plan.period, version)
        when = (promoted, retired_on(plan.period, version), cutoff_on(plan.period, version))
        moments = [f"{day}T00:00:00Z" if day else None for day in when]
        names = (version.model.name, version.name, parent.name if parent else None)
        yield (*names[:2], *moments[:2], names[2], moments[2])


PRICE_COLUMNS = (
    "model",
    "provider",
    "token_kind",
    "price_per_million",
    "currency",
    "valid_from",
    "valid_to",
)


def _prices(plan: Plan) -> Iterator[tuple[object, ...]]:
    """The price book of the model APIs; a price holds up to, not including, `valid_to`."""
    long_ago = plan.period.start - YEAR
    change = plan.period.months[PRICE_CHANGE_MONTH]
    for model in API_MODELS:
        if model is CHANGED_MODEL:
            yield from _price_rows(model, 0, long_ago, change)
            yield from _price_rows(model, PRICE_CHANGE_MONTH, change, None)
        else:
            yield from _price_rows(model, 0, long_ago, None)


def _price_rows(
    model: Model, month: int, valid_from: date, valid_to: date | None
) -> Iterator[tuple[object, ...]]:
    for kind, nano_usd in zip(TOKEN_KINDS, nano_usd_per_token(model, month), strict=True):
        usd_per_million = Decimal(nano_usd).scaleb(-3)
        yield (model.name, model.provider, kind, usd_per_million, "USD", valid_from, valid_to)


RATE_COLUMNS = ("rate_date", "currency", "rate_to_reporting")


def _rates(plan: Plan) -> Iterator[tuple[object, ...]]:
    """US dollars per euro on working days, as a central bank publishes them."""
    rng = plan.rng(STREAM, 0)
    rate = FIRST_RATE
    for day in range(-DAYS_BEFORE, plan.period.days):
        when = plan.period.date_of(day)
        if when.weekday() < SATURDAY:
            rate *= 1 + rng.normal(0, DAILY_MOVE)
            yield (when, "EUR", round(rate, RATE_DIGITS))
