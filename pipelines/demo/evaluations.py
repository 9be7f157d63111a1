"""How well every version did: on fresh samples, which decay, and on a frozen set, which cannot."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from pipelines.demo.catalogue import ATLAS_CHAT, ATLAS_EXTRACT, ATLAS_MINI
from pipelines.demo.charges import TIME_FORMAT
from pipelines.demo.files import write_csv
from pipelines.demo.period import DAYS_PER_MONTH
from pipelines.demo.planted_versions import planted_versions
from pipelines.demo.versions import FROZEN_ITEMS, VERSIONS, parent_of, promoted_on, retired_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.demo.plan import Plan
    from pipelines.demo.planted_versions import PlantedVersion
    from pipelines.demo.versions import Version

FEED = "model_evaluations"
STREAM = 50
METRIC = "accuracy"
BENCHMARKS = {
    ATLAS_CHAT.name: "assistant_answers",
    ATLAS_EXTRACT.name: "contract_fields",
    ATLAS_MINI.name: "next_words",
}
DAYS_BETWEEN = {ATLAS_CHAT.name: 14, ATLAS_EXTRACT.name: 14, ATLAS_MINI.name: 30}
FROZEN_EVERY_DAYS = 30
FEWEST_ITEMS, MOST_ITEMS = 1_500, 2_500
PROMOTION_HOUR, NIGHTLY_HOUR = 1, 3
SCORE_DIGITS = 6
# No version serves longer: keeps the chances of two versions apart.
MOST_DAYS = 10_000
COLUMNS = (
    "evaluation_id",
    "model",
    "version",
    "champion_version",
    "evaluated_at",
    "benchmark",
    "metric",
    "sample",
    "score",
    "n_items",
    "items_fixed",
    "items_broken",
)
Row = tuple[object, ...]


def write_evaluations(landing: Path, plan: Plan) -> tuple[PlantedVersion, ...]:
    """All evaluations of every version, those before the period included."""
    rows = [row for version in VERSIONS for row in _rows(plan, version)]
    write_csv(landing / FEED / f"{FEED}.csv", COLUMNS, rows, covers=plan.period.end)
    return planted_versions(plan.period)


def _rows(plan: Plan, version: Version) -> Iterator[Row]:
    first = promoted_on(plan.period, version)
    last = min(retired_on(plan.period, version) or plan.period.end, plan.period.end)
    yield from _promotion(version, first)
    served = (last - first).days
    for age in range(0, served, DAYS_BETWEEN[version.model.name]):
        yield _fresh(plan, version, first + timedelta(days=age), age)
    for age in range(FROZEN_EVERY_DAYS, served, FROZEN_EVERY_DAYS):
        yield _frozen(version, first + timedelta(days=age), NIGHTLY_HOUR)


def _promotion(version: Version, when: date) -> Iterator[Row]:
    """Both versions on the frozen set, item by item; the champion has not changed since its own."""
    champion = parent_of(version)
    if champion is None or version.retrain is None:
        yield _frozen(version, when, PROMOTION_HOUR)
        return
    retrain = version.retrain
    *common, _, _ = _frozen(version, when, PROMOTION_HOUR)
    common[COLUMNS.index("champion_version")] = champion.name
    yield (*common, retrain.fixed_items, retrain.broken_items)
    yield _frozen(champion, when, PROMOTION_HOUR)


def _fresh(plan: Plan, version: Version, when: date, age_days: int) -> Row:
    """A sample of current traffic: what was learned fits it a little less every month."""
    rng = plan.rng(STREAM, VERSIONS.index(version) * MOST_DAYS + age_days)
    kept = (1 - version.monthly_decay) ** (age_days / DAYS_PER_MONTH)
    items = int(rng.integers(FEWEST_ITEMS, MOST_ITEMS + 1))
    right = int(rng.binomial(items, kept * version.right_items / FROZEN_ITEMS))
    return _row(version, _moment(when, NIGHTLY_HOUR), "fresh", right, items)


def _frozen(version: Version, when: date, hour: int) -> Row:
    """Always the same items, so always the same score."""
    return _row(version, _moment(when, hour), "frozen", version.right_items, FROZEN_ITEMS)


def _row(version: Version, when: datetime, sample: str, right: int, items: int) -> Row:
    model, name = version.model.name, version.name
    frozen_name = f"{BENCHMARKS[model]}_frozen"
    return (
        f"eval-{model}-{name}-{sample}-{when:%Y%m%dT%H}",
        model,
        name,
        None,
        when.strftime(TIME_FORMAT),
        frozen_name if sample == "frozen" else BENCHMARKS[model],
        METRIC,
        sample,
        round(right / items, SCORE_DIGITS),
        items,
        None,
        None,
    )


def _moment(when: date, hour: int) -> datetime:
    return datetime.combine(when, time(hour), UTC)
