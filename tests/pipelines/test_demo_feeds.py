"""The generated company through the loader: every feed lands whole, and the feeds agree."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loading_support import new_loader

from pipelines.demo.company import write_company, write_scaled_company
from pipelines.demo.scales import SCALES, Scale
from pipelines.demo.summary import DemoSummary

TINY = Scale("tiny", 6_000, 60, 1, 1, *[SCALES["small"].chat_instance] * 3)
LATER_FEEDS = (
    "acquisition_spend",
    "budgets",
    "dataset_records",
    "datasets",
    "experiment_assignments",
    "label_batches",
    "maintenance_work",
    "model_evaluations",
    "outcomes",
    "training_runs",
)

# By feature: what one more call in a month is worth to the same customer, in any currency.
SLOPES = """
with calls as (
    select customer_id, feature, date_trunc('month', started_at) as month,
        count(*) as calls
    from raw.inference_logs where purpose = 'production' and status = 'success'
    and request_id not like '%_cache_hit%' group by all
),
worth as (
    select customer_id, feature, date_trunc('month', occurred_at) as month,
        sum(value)::double as value from raw.outcomes group by all
),
months as (
    select feature, customer_id, calls, coalesce(value, 0) as value
    from calls left join worth using (customer_id, feature, month)
),
centred as (
    select feature, calls - avg(calls) over (partition by feature, customer_id) as calls,
        value - avg(value) over (partition by feature, customer_id) as value from months
)
select feature, sum(calls * value) / sum(calls * calls) from centred group by 1
"""


@dataclass(frozen=True)
class World:
    """The small company, loaded: a way to ask its raw tables, and its truths."""

    ask: Callable[[str], list[tuple[Any, ...]]]
    truths: DemoSummary


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    loader = new_loader(tmp_path_factory.mktemp("feeds"))
    truths = write_company(loader.landing, size="small")
    loader.load()
    yield World(loader.ask, truths)
    loader.connection.close()


def _digests(landing: Path) -> dict[str, str]:
    files = [path for feed in LATER_FEEDS for path in (landing / feed).iterdir()]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_writes_the_same_feeds_and_another_does_not(tmp_path: Path) -> None:
    end = date(2026, 10, 31)
    first, again, other = (
        _digests(write_scaled_company(tmp_path / name, TINY, seed=seed, end=end).landing)
        for name, seed in (("first", 3), ("again", 3), ("other", 4))
    )
    assert first == again
    same = {name for name in first if first[name] == other.get(name)}
    assert same == {"budgets.csv", "datasets.csv"}


def test_every_feed_lands_whole(world: World) -> None:
    found = world.ask(
        "select feed, sum(rows_quarantined), sum(rows_loaded) > 0, bool_and(rule is null)"
        " from ops.load_files where feed <> 'inference_logs' group by feed"
    )
    assert {feed for feed, *_ in found} >= set(LATER_FEEDS)
    assert {tuple(row) for _, *row in found} == {(0, True, True)}


def test_an_outcome_belongs_to_a_successful_call_of_its_user(world: World) -> None:
    wrong = """
        select count(*) from raw.outcomes
        left join raw.inference_logs as calls
            on outcomes.request_id = calls.request_id and outcomes.user_id = calls.user_id
            and outcomes.customer_id = calls.customer_id and outcomes.feature = calls.feature
            and calls.status = 'success' and calls.purpose = 'production'
            and outcomes.occurred_at > calls.started_at
        where calls.request_id is null
    """
    assert world.ask(wrong) == [(0,)]
    ((judged,),) = world.ask("select count(*) from raw.outcomes where kind <> 'task_completed'")
    assert judged == pytest.approx(0.1 * 47_331, rel=0.1)


def test_users_judge_each_feature_as_planted(world: World) -> None:
    for feature, planted in world.truths.planted.outcomes.items():
        counted = world.ask(
            "select count(*), count(*) filter (where kind in ('accepted', 'correct'))"
            f" from raw.outcomes where feature = '{feature}' and kind <> 'task_completed'"
        )
        assert counted == [(planted.judged, planted.good)]
        error = np.sqrt(planted.good_share * (1 - planted.good_share) / planted.judged)
        assert abs(planted.good / planted.judged - planted.good_share) < 3 * error
        values = (
            f"select currency, sum(value) from raw.outcomes where feature = '{feature}' group by 1"
        )
        assert dict(world.ask(values)) == planted.value


def test_more_calls_bring_more_value_but_for_one_feature(world: World) -> None:
    found = dict(world.ask(SLOPES))
    flat = [name for name, planted in world.truths.planted.outcomes.items() if planted.is_flat]
    assert flat == ["summaries"]
    assert abs(found["summaries"]) < 0.02
    assert found["assistant"] == pytest.approx(0.1 * 0.72 * 3.00, rel=0.35)
    assert found["document_review"] > 0.3


def test_two_batches_differ_from_their_invoices(world: World) -> None:
    differences = world.ask(
        "select batch_id, sum(quantity) - any_value(items_delivered - items_rejected)"
        " from raw.labeling_invoices join raw.label_batches using (batch_id) group by 1"
        " having sum(quantity) <> any_value(items_delivered - items_rejected)"
    )
    planted = world.truths.planted.batches
    assert dict(differences) == {
        planted.short_batch: planted.items_short,
        planted.rejected_batch: planted.items_rejected,
    }
    unknown = (
        "select count(*) from raw.labeling_invoices anti join raw.label_batches using (batch_id)"
    )
    assert world.ask(unknown) == [(0,)]
