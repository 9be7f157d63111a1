"""The worklog: hours that people spent on keeping the company's own models working."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.demo.catalogue import ATLAS_CHAT, ATLAS_EXTRACT, ATLAS_MINI
from pipelines.demo.files import write_csv
from pipelines.demo.versions import VERSIONS, promoted_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from pipelines.demo.plan import Plan

FEED = "maintenance_work"
STREAM = 55
# Loaded cost of an hour in the two offices.
HOURLY_COST = {"USD": Decimal("94.00"), "EUR": Decimal("78.50")}
# Hours are logged in steps; large companies log the hours of whole teams.
STEP_HOURS = Decimal("0.05")
SPREAD = 0.2
# Every month: day, activity, model (None: all of them), hours when small, currency.
MONTHLY_WORK = (
    (5, "monitoring", ATLAS_CHAT, 0.40, "USD"),
    (5, "monitoring", ATLAS_EXTRACT, 0.30, "EUR"),
    (6, "monitoring", ATLAS_MINI, 0.10, "EUR"),
    (12, "on_call", None, 0.50, "USD"),
    (14, "evaluation", ATLAS_CHAT, 0.25, "USD"),
    (14, "evaluation", ATLAS_EXTRACT, 0.20, "EUR"),
    (20, "maintenance", ATLAS_CHAT, 0.35, "USD"),
    (20, "maintenance", ATLAS_EXTRACT, 0.30, "EUR"),
)
RETRAINING_HOURS = {ATLAS_CHAT.name: 1.5, ATLAS_EXTRACT.name: 1.0, ATLAS_MINI.name: 0.5}
RETRAINING_DAYS_BEFORE = (5, 4, 3)
COLUMNS = ("entry_id", "worked_on", "activity", "model", "hours", "hourly_cost", "currency")


@dataclass(frozen=True, slots=True)
class WorkTruths:
    """Hours by activity, and their cost by currency, exact."""

    hours: dict[str, Decimal]
    cost: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class _Entry:
    worked_on: date
    activity: str
    model: str | None
    usual_hours: float
    currency: str


def write_maintenance_work(landing: Path, plan: Plan) -> WorkTruths:
    """All entries, in the order of their days."""
    entries = sorted(
        [*_monthly(plan), *_retraining(plan)],
        key=lambda entry: (entry.worked_on, entry.activity, entry.model or ""),
    )
    hours = [_hours(plan, number, entry) for number, entry in enumerate(entries)]
    logged = list(zip(entries, hours, strict=True))
    rows = (_row(number, entry, worked) for number, (entry, worked) in enumerate(logged, start=1))
    write_csv(landing / FEED / f"{FEED}.csv", COLUMNS, rows, covers=plan.period.end)
    truths = WorkTruths({}, {})
    for entry, worked in logged:
        cost = worked * HOURLY_COST[entry.currency]
        truths.hours[entry.activity] = truths.hours.get(entry.activity, Decimal(0)) + worked
        truths.cost[entry.currency] = truths.cost.get(entry.currency, Decimal(0)) + cost
    return truths


def _monthly(plan: Plan) -> Iterator[_Entry]:
    for first in plan.period.months:
        for day, activity, model, hours, currency in MONTHLY_WORK:
            name = model.name if model else None
            yield _Entry(first.replace(day=day), activity, name, hours, currency)


def _retraining(plan: Plan) -> Iterator[_Entry]:
    """The days before every promotion; people's time only, the GPUs are on the bill."""
    for version in (version for version in VERSIONS if version.month >= 0):
        name = version.model.name
        for days in RETRAINING_DAYS_BEFORE:
            worked_on = promoted_on(plan.period, version) - timedelta(days=days)
            hours = RETRAINING_HOURS[name] / len(RETRAINING_DAYS_BEFORE)
            yield _Entry(worked_on, "retraining", name, hours, "USD")


def _hours(plan: Plan, number: int, entry: _Entry) -> Decimal:
    """The usual hours give or take, grown with the company."""
    chance = float(plan.rng(STREAM, number).lognormal(0, SPREAD))
    steps = entry.usual_hours * chance * plan.scale.relative_size / float(STEP_HOURS)
    return max(1, round(steps)) * STEP_HOURS


def _row(number: int, entry: _Entry, worked: Decimal) -> tuple[object, ...]:
    cost = HOURLY_COST[entry.currency]
    name = f"work-{number:05d}"
    return (name, entry.worked_on, entry.activity, entry.model, worked, cost, entry.currency)
