"""What to do with each file of the landing: nothing, note it, refuse it, or read it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

from pipelines.loading.arrivals import FileMessage
from pipelines.loading.changes import fingerprints_of
from pipelines.loading.deliveries import Delivery
from pipelines.loading.drift import Drift
from pipelines.loading.fingerprints import Problem
from pipelines.loading.ledger import (
    Entry,
    Outcome,
    next_file_id,
    refused,
)
from pipelines.loading.mappings import mapping_for
from pipelines.loading.recognition import Recognised, recognise
from pipelines.loading.samples import sample_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import duckdb

    from pipelines.loading.arrivals import Arrival
    from pipelines.loading.changes import Changes
    from pipelines.loading.fingerprints import Fingerprint
    from pipelines.loading.mappings import Mappings
    from pipelines.sources.feeds import Feed
    from pipelines.sources.format import Sample

TWICE = Problem(
    "delivered_once", "another file of the feed has the very same content", "nothing to do"
)
EMPTY = Problem("file_with_rows", "the file is empty", "check what should have written it")


@dataclass(frozen=True)
class Sources:
    """What files are read by: the feeds, and the mappings by folder."""

    feeds: Mapping[str, Feed]
    mappings: Mappings


@dataclass
class Plan:
    """Files by what becomes of them.

    `living` are the contents, by folder and SHA-256, that a loaded file accounts for, with the feed
    it belongs to; `shapes` what was recognised so far.
    """

    run_id: str
    sources: Sources
    living: dict[tuple[str, str], str]
    drift: Drift
    deliveries: list[Delivery] = field(default_factory=list)
    noted: list[Entry] = field(default_factory=list)
    refused: list[Entry] = field(default_factory=list)
    messages: list[FileMessage] = field(default_factory=list)
    shapes: dict[tuple[object, ...], Recognised] = field(default_factory=dict)


def plan_load(
    connection: duckdb.DuckDBPyConnection,
    changes: Changes,
    sources: Sources,
    run_id: str,
    report: Callable[[str, int, int], None],
) -> Plan:
    """Every file in its place. Files get ids in their order: a newer file has the greater id."""
    plan = Plan(run_id, sources, {**changes.living}, Drift(connection, run_id))
    ids = count(next_file_id(connection))
    for done, (found, fingerprint) in enumerate(fingerprints_of(changes.arrivals), 1):
        mapping = mapping_for(found.path, sources.mappings)
        arrival = replace(found, mapping=mapping.name) if mapping else found
        if isinstance(fingerprint, FileMessage):
            plan.messages.append(fingerprint)
        else:
            _place(connection, plan, arrival, fingerprint, next(ids))
        report("check files", done, len(changes.arrivals))
    return plan


def _place(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    arrival: Arrival,
    fingerprint: Fingerprint,
    file_id: int,
) -> None:
    sha256 = fingerprint.sha256
    if (arrival.feed, sha256) in plan.living:
        outcome = Outcome("identical", note=TWICE)
        copy = replace(arrival, feed=plan.living[arrival.feed, sha256])
        plan.noted.append(Entry(file_id, copy, sha256, plan.run_id, outcome))
        return
    if fingerprint.content_bytes == 0 and fingerprint.problem is None:
        outcome = Outcome("empty", note=EMPTY)
        plan.noted.append(Entry(file_id, arrival, sha256, plan.run_id, outcome))
        return
    found = _recognised(connection, plan, arrival, fingerprint)
    if isinstance(found, Problem):
        plan.refused.append(Entry(file_id, arrival, sha256, plan.run_id, refused(found)))
        return
    sample, recognised = found
    feed = recognised.feed
    plan.living[arrival.feed, sha256] = feed.name
    arrival = replace(arrival, feed=feed.name)
    delivery = Delivery(file_id, feed, arrival, sha256, sample, recognised, fingerprint.is_surveyed)
    plan.deliveries.append(delivery)
    if change := plan.drift.look_at(delivery):
        plan.messages.append(change)


def _recognised(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    arrival: Arrival,
    fingerprint: Fingerprint,
) -> tuple[Sample, Recognised] | Problem:
    if fingerprint.problem:
        return fingerprint.problem
    sample = sample_of(connection, arrival.location, fingerprint)
    if isinstance(sample, Problem):
        return sample
    recognised = _recall(plan, arrival, sample)
    if isinstance(recognised, Problem):
        return recognised
    return replace(sample, head=b""), recognised


def _recall(plan: Plan, arrival: Arrival, sample: Sample) -> Recognised | Problem:
    """Ten thousand files have few shapes: only the first of each is looked at closely.

    A file that fits no format is always looked at: what it shares with others may be its title.
    """
    feeds = plan.sources.feeds
    mapping = mapping_for(arrival.path, plan.sources.mappings)
    if sample.container not in {"csv", "jsonl", "parquet"}:
        return recognise(sample, feeds[arrival.feed], feeds, mapping)
    shape = (
        arrival.feed,
        arrival.mapping,
        sample.container,
        sample.delimiter,
        *sample.columns.items(),
    )
    if shape not in plan.shapes:
        found = recognise(sample, feeds[arrival.feed], feeds, mapping)
        if isinstance(found, Problem):
            return found
        plan.shapes[shape] = found
    return plan.shapes[shape]
