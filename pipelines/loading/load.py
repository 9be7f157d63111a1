"""Loading: every file of the landing that is new or has changed becomes rows, each in one place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.fault_points import reached
from pipelines.loading.changes import find_changes
from pipelines.loading.deliveries import LoadContext, chunks_of
from pipelines.loading.ledger import write_entries, write_refused
from pipelines.loading.listing import list_landing, settled
from pipelines.loading.mappings import find_mappings
from pipelines.loading.planning import Sources, plan_load
from pipelines.loading.pseudonyms import pseudonyms
from pipelines.loading.reading import read_chunk
from pipelines.loading.settling import refresh_hashes, settle
from pipelines.loading.summary import LoadSummary, summary_of
from pipelines.loading.tables import create_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import date
    from pathlib import Path

    import duckdb

    from pipelines.loading.arrivals import FileMessage
    from pipelines.loading.changes import Changes
    from pipelines.loading.listing import Listing
    from pipelines.loading.planning import Plan
    from pipelines.sources.feeds import Feed

    Report = Callable[[str, int, int], None]

__all__ = ["LoadSummary", "load"]


def load(  # noqa: PLR0913 - what a load is told, each by its name
    connection: duckdb.DuckDBPyConnection,
    *,
    landing: Path,
    feeds: Mapping[str, Feed],
    run_id: str,
    as_of: date,
    report: Report = lambda _label, _done, _total: None,
    min_age_seconds: float = 0,
    again: Collection[str] = (),
    pseudonym_key: str | None = None,
    listing: Listing | None = None,
    between_chunks: Callable[[], None] = lambda: None,
) -> LoadSummary:
    """The summary of loading all new and changed files of the landing into the connected warehouse.

    Files younger than `min_age_seconds` are left for the next run; `again` names files (paths below
    the landing) to read as if they had changed; with a `pseudonym_key` persons get pseudonyms.
    Who has listed the landing already hands on the `listing`. `between_chunks` is called after each
    chunk of files but the last of its feed.
    Errors: UsageError for a broken mapping or another key than before;
    duckdb.Error when the database fails (a full disk, no memory): what was committed before stays,
    and the next load goes on from there.
    """
    now = datetime.now(UTC)
    context = LoadContext(run_id, now.replace(tzinfo=None), max(as_of, now.date()))
    create_tables(connection, feeds.values())
    listed = listing or list_landing(landing, feeds)
    files, young = settled(listed, min_age_seconds=min_age_seconds, now=now)
    mappings, misnamed = find_mappings(landing, feeds)
    changes = find_changes(connection, landing, files, mappings=mappings, again=again)
    with pseudonyms(connection, feeds, pseudonym_key) as loaded_feeds:
        sources = Sources(loaded_feeds, mappings)
        left = load_arrivals(connection, changes, sources, context, report, between_chunks)
    return summary_of(connection, run_id, (*listed.messages, *young, *misnamed, *left))


def load_arrivals(
    connection: duckdb.DuckDBPyConnection,
    changes: Changes,
    sources: Sources,
    context: LoadContext,
    report: Report,
    between_chunks: Callable[[], None] = lambda: None,
) -> list[FileMessage]:
    """Load these files into tables that exist, and say which were left for the next run."""
    plan = plan_load(connection, changes, sources, context.run_id, report)
    write_refused(connection, plan.refused, context.started_at)
    if plan.noted:
        write_entries(connection, plan.noted)
    left = _load_feeds(connection, plan, context, report, between_chunks)
    plan.drift.write(connection)
    return [*plan.messages, *left]


def _load_feeds(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    context: LoadContext,
    report: Report,
    between_chunks: Callable[[], None],
) -> list[FileMessage]:
    left: list[FileMessage] = []
    for feed in plan.sources.feeds.values():
        deliveries = [each for each in plan.deliveries if each.feed.name == feed.name]
        if deliveries:
            refresh_hashes(connection, feed)
        done = 0
        for chunk in chunks_of(deliveries):
            # Keeping the order costs bulk feeds half their speed, and only line numbers need it.
            is_ordered = not feed.bulk or chunk[0].recognised.reading.needs_lines
            connection.execute(f"set preserve_insertion_order = {str(is_ordered).lower()}")
            left += read_chunk(connection, chunk, context)
            reached("load: chunk read")
            done += len(chunk)
            report(feed.name, done, len(deliveries))
            if done < len(deliveries):
                between_chunks()
        connection.execute("set preserve_insertion_order = true")
        reached("load: before settling")
        settle(connection, feed, context)
    return left
