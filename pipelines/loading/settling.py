"""Settling a feed after its files are read: one row per key stays, the newest delivery of it.

Everything happens in one transaction, from the files whose `loaded_at` is still null; a run that
broke off before this is made good by the next one. Work follows the new rows: of older rows only
the key hash is looked at, and whole rows only where a hash occurs twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.fault_points import reached
from pipelines.loading.contests import elect_winners
from pipelines.loading.supersession import supersede
from pipelines.loading.tables import document_sql, duplicates_table, raw_table
from pipelines.loading.transactions import transaction
from pipelines.sources.quoting import identifier

if TYPE_CHECKING:
    import duckdb

    from pipelines.loading.deliveries import LoadContext
    from pipelines.sources.feeds import Feed

MOVED_DAYS = """
create or replace temp table touched_days as
select distinct cast({event_time} as date) as event_date
from (
    select {event_time} from {raw} where _file_id >= $first_new
    union all
    select {event_time} from {duplicates} where _kept_file_id >= $first_new
    union all
    select {event_time} from restored
)
where {event_time} is not null
"""
PENDING = """
insert into ops.pending_days
select $feed, event_date from touched_days
except
select feed, event_date from ops.pending_days
"""
IDENTICAL_COUNTS = """
update ops.load_files
set rows_read = original.rows_read, rows_duplicate = original.rows_read
from ops.load_files as original
where
    load_files.feed = $feed and load_files.status = 'identical' and load_files.loaded_at is null
    and original.sha256 = load_files.sha256 and original.feed = load_files.feed
    and original.status not in ('identical', 'superseded')
"""


def settle(connection: duckdb.DuckDBPyConnection, feed: Feed, context: LoadContext) -> None:
    """Leave one row per key in the raw table, note the days that changed, sign the files off."""
    query = "select min(file_id) from ops.load_files where feed = ? and loaded_at is null"
    first_new = connection.execute(query, [feed.name]).fetchall()[0][0]
    if first_new is None:
        return
    with transaction(connection):
        _settle_files(connection, feed, int(first_new), context)


def refresh_hashes(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Compute the key hashes anew where another version of DuckDB made them differently."""
    fresh = f"hash({document_sql(feed)})"
    query = f"select _key_hash = {fresh} from {raw_table(feed)} limit 1"
    if connection.execute(query).fetchall() == [(False,)]:
        connection.execute(f"update {raw_table(feed)} set _key_hash = {fresh}")


def _settle_files(
    connection: duckdb.DuckDBPyConnection, feed: Feed, first_new: int, context: LoadContext
) -> None:
    connection.execute(IDENTICAL_COUNTS, {"feed": feed.name})
    supersede(connection, feed)
    reached("load: settling")
    elect_winners(connection, feed, first_new)
    if feed.event_time:
        _note_days(connection, feed, feed.event_time, first_new)
    connection.execute(
        "update ops.load_files set loaded_at = ? where feed = ? and loaded_at is null",
        [context.started_at, feed.name],
    )


def _note_days(
    connection: duckdb.DuckDBPyConnection, feed: Feed, event_time: str, first_new: int
) -> None:
    statement = MOVED_DAYS.format(
        event_time=identifier(event_time), raw=raw_table(feed), duplicates=duplicates_table(feed)
    )
    connection.execute(statement, {"first_new": first_new})
    connection.execute(PENDING, {"feed": feed.name})
