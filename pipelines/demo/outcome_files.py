"""The outcomes as the product's analytics export them: one canonical CSV per month."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from pipelines.demo.catalogue import FEATURES
from pipelines.demo.files import delivery
from pipelines.demo.outcomes import FLAT_FEATURE, JUDGEMENTS, MONTHLY_KIND
from pipelines.demo.period import last_of_month

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.demo.outcomes import Outcomes
    from pipelines.demo.plan import Plan

FEED = "outcomes"
COLUMNS = (
    "outcome_id",
    "customer_id",
    "user_id",
    "request_id",
    "occurred_at",
    "feature",
    "kind",
    "currency",
    "value",
)


@dataclass(frozen=True, slots=True)
class FeatureTruths:
    """One feature's outcomes: how many, how many good, the planted share of good ones (0-1).

    `value` is by currency, exact. Where `is_flat`, more calls in a month bring no more value.
    """

    judged: int
    good: int
    good_share: float
    value: Mapping[str, Decimal]
    is_flat: bool


def write_outcomes(landing: Path, plan: Plan, outcomes: Outcomes) -> dict[str, FeatureTruths]:
    """All outcomes by month; what they come to by feature."""
    named = _named(plan, pl.concat(outcomes.days))
    for month, first in enumerate(plan.period.months):
        file = landing / FEED / f"{FEED}-{first:%Y-%m}.csv"
        of_month = named.filter(pl.col("month") == month)
        with delivery(file, covers=last_of_month(first)) as partial:
            of_month.select(COLUMNS).write_csv(partial)
    return {name: _truths(named.filter(pl.col("feature") == name), name) for name in JUDGEMENTS}


def _named(plan: Plan, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Codes as texts, in the order of time."""
    ordered = outcomes.sort("day", "occurred_ms", maintain_order=True)
    moment = pl.lit(plan.period.first_moment.replace(tzinfo=None))
    since = pl.duration(days="day", milliseconds="occurred_ms")
    prefix = f"{plan.scale.name}-{plan.seed}-"
    return ordered.with_columns(
        pl.format("outcome-{}{}", pl.lit(prefix), pl.int_range(pl.len())).alias("outcome_id"),
        pl.Series("customer_id", plan.customers.ids).gather(ordered["customer"]),
        pl.Series("feature", [feature.name for feature in FEATURES]).gather(ordered["feature"]),
        (moment + since).dt.strftime("%Y-%m-%dT%H:%M:%SZ").alias("occurred_at"),
        pl.when("is_euro").then(pl.lit("EUR")).otherwise(pl.lit("USD")).alias("currency"),
        (pl.col("cents").cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2)).alias("value"),
    )


def _truths(outcomes: pl.DataFrame, feature: str) -> FeatureTruths:
    judged = outcomes.filter(pl.col("kind") != MONTHLY_KIND)
    cents = outcomes.group_by("currency").agg(pl.col("cents").sum()).sort("currency")
    return FeatureTruths(
        judged=judged.height,
        good=int((judged["kind"] == JUDGEMENTS[feature].good).sum()),
        good_share=JUDGEMENTS[feature].good_share,
        value={currency: Decimal(total).scaleb(-2) for currency, total in cents.iter_rows()},
        is_flat=feature == FLAT_FEATURE,
    )
