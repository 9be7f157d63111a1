"""One small dataset record by record: duplicates to be found, and which run used what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import md5
from typing import TYPE_CHECKING

import numpy as np

from pipelines.demo.catalogue import ATLAS_CHAT
from pipelines.demo.charges import TIME_FORMAT
from pipelines.demo.files import write_csv
from pipelines.demo.runs import FAILED, RECORDED_DATASET, release_run_id
from pipelines.demo.training import training_runs
from pipelines.demo.versions import VERSIONS, cutoff_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from pipelines.demo.plan import Plan

    Ints = NDArray[np.int64]

FEED = "dataset_records"
STREAM = 57
# Records of the small company; a large one keeps at most so many times more of them.
RECORDS, MOST_TIMES = 3_000, 20
# Parts of all records (0-1): the rest of the contents is unique, and unused.
EXACT_SHARE, NEAR_SHARE, USED_SHARE, ONLY_FAILED_SHARE = 0.20, 0.10, 0.30, 0.02
# The first records repeat nothing.
ORIGINAL_FIRST = 0.1
SECONDS_PER_DAY = 86_400
COLUMNS = (
    "dataset_id",
    "record_id",
    "content_hash",
    "near_duplicate_cluster",
    "collected_at",
    "used_in_run",
)


@dataclass(frozen=True, slots=True)
class RecordTruths:
    """Exact counts; `used` are contents used by a promoted version, near duplicates once.

    `only_failed` are contents that only a failed experiment used, which does not count as used.
    """

    dataset_id: str
    collected: int
    exact_duplicates: int
    near_duplicates: int
    unique: int
    used: int
    only_failed: int

    @property
    def efficiency_share(self) -> float:
        """Used contents in all that was collected."""
        return self.used / self.collected


def write_dataset_records(landing: Path, plan: Plan) -> RecordTruths:
    """All records, in the order they were collected."""
    count = RECORDS * min(plan.scale.relative_size, MOST_TIMES)
    exact, near = round(count * EXACT_SHARE), round(count * NEAR_SHARE)
    used, only_failed = round(count * USED_SHARE), round(count * ONLY_FAILED_SHARE)
    source, is_near = _sources(plan, count, exact, near)
    runs = _runs_by_content(plan, source, used, only_failed)
    rows = _rows(plan, source, is_near, runs)
    write_csv(landing / FEED / f"{FEED}.csv", COLUMNS, rows, covers=plan.period.end)
    return RecordTruths(
        dataset_id=RECORDED_DATASET,
        collected=count,
        exact_duplicates=exact,
        near_duplicates=near,
        unique=count - exact - near,
        used=used,
        only_failed=only_failed,
    )


def _sources(plan: Plan, count: int, exact: int, near: int) -> tuple[Ints, NDArray[np.bool_]]:
    """The record whose content each record repeats (itself when new), and whether nearly only."""
    rng = plan.rng(STREAM, 0)
    later = rng.permutation(np.arange(int(count * ORIGINAL_FIRST), count))
    repeats = np.sort(later[: exact + near])
    originals = np.setdiff1d(np.arange(count), repeats)
    source = np.arange(count)
    earlier = np.searchsorted(originals, repeats)
    source[repeats] = originals[(rng.random(repeats.size) * earlier).astype(np.int64)]
    is_near = np.isin(np.arange(count), rng.permutation(repeats)[:near])
    return source, is_near


def _runs_by_content(plan: Plan, source: Ints, used: int, only_failed: int) -> dict[int, str]:
    """The run that used each used content: the first whose data reached to its day.

    What came after the last cutoff is too young to be used.
    """
    days = _collection_days(plan, source.size)
    versions = [v for v in VERSIONS if v.model is ATLAS_CHAT and v.month >= 0]
    cutoffs = [plan.period.day_of(cutoff_on(plan.period, version)) for version in versions]
    contents = np.flatnonzero((source == np.arange(source.size)) & (days < cutoffs[-1]))
    drawn = plan.rng(STREAM, 1).permutation(contents)
    runs = {}
    for content in drawn[:used].tolist():
        first = int(np.searchsorted(cutoffs, days[content], side="right"))
        runs[content] = release_run_id(versions[first])
    failed = [r for r in training_runs(plan) if r.model == ATLAS_CHAT.name]
    wasted = [run.run_id for run in failed if run.status == FAILED][-1]
    return runs | dict.fromkeys(drawn[used : used + only_failed].tolist(), wasted)


def _collection_days(plan: Plan, count: int) -> Ints:
    return np.arange(count) * plan.period.days // count


def _rows(
    plan: Plan, source: Ints, is_near: NDArray[np.bool_], runs: dict[int, str]
) -> Iterator[tuple[str | None, ...]]:
    clustered = set(source[is_near].tolist())
    seconds = plan.period.days * SECONDS_PER_DAY / source.size
    for record, content in enumerate(source.tolist()):
        written = f"{record}-{content}" if is_near[record] else str(content)
        collected_at = plan.period.first_moment + timedelta(seconds=int(record * seconds))
        yield (
            RECORDED_DATASET,
            f"rec-{record:06d}",
            md5(f"{plan.seed}-{written}".encode(), usedforsecurity=False).hexdigest(),
            f"cluster-{content:06d}" if content in clustered else None,
            collected_at.strftime(TIME_FORMAT),
            runs.get(content) if record == content else None,
        )
