"""Files the fast path refused, record by record: sound rows are loaded, the others set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import duckdb

from pipelines.loading.arrivals import demand_unchanged
from pipelines.loading.fingerprints import Problem
from pipelines.loading.judging import INSERT_BAD, insert_good_sql, judged_sql
from pipelines.loading.ledger import Outcome, entry_of, refused, write_entries, write_refused
from pipelines.loading.samples import HALF_PARQUET
from pipelines.loading.text_tables import write_text
from pipelines.loading.transactions import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.loading.deliveries import Delivery, LoadContext

# Half an invoice is no cost: a document with one bad row is set aside whole.
WHOLE_DOCUMENTS = """
update judged
set _problem = faulty.first_problem
from (
    select _file_id, arg_min(_problem, coalesce(_line, 0)) as first_problem
    from judged
    where _problem is not null
    group by _file_id
) as faulty
where judged._file_id = faulty._file_id
"""
COUNTS = """
select
    _file_id,
    count(*),
    count(*) filter (where _problem is null),
    count(*) filter (where _problem is not null),
    arg_min(_problem, coalesce(_line, 0)) filter (where _problem is not null)
from judged
group by _file_id
"""


class Tally(NamedTuple):
    """Rows of one file as judged, and the first problem among them."""

    read: int = 0
    loaded: int = 0
    quarantined: int = 0
    first: dict[str, str] | None = None


def load_records(
    connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], context: LoadContext
) -> None:
    """Load files of one shape record by record, with their ledger rows, in one transaction.

    A document that has a problem is set aside with all of its rows. A Parquet file comes alone, and
    is refused whole when a page of it is broken. Errors: FileChangedError when a file changed
    meanwhile, duckdb.Error when the database itself failed; in both cases nothing was kept.
    """
    try:
        with transaction(connection):
            write_text(connection, chunk)
            _keep(connection, chunk, context)
    except (duckdb.InvalidInputException, duckdb.IOException):
        problem = _unreadable_parquet(connection, chunk[0])
        if problem is None:
            raise
        write_refused(
            connection, [entry_of(chunk[0], refused(problem), context)], context.started_at
        )


def _keep(
    connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], context: LoadContext
) -> None:
    feed = chunk[0].feed
    connection.execute(judged_sql(chunk[0], context.latest_day))
    if chunk[0].recognised.format.read_document is not None:
        connection.execute(WHOLE_DOCUMENTS)
    connection.execute(insert_good_sql(feed))
    connection.execute(INSERT_BAD, {"feed": feed.name, "now": context.started_at})
    rows = connection.execute(COUNTS).fetchall()
    tallies = {file_id: Tally(*counts) for file_id, *counts in rows}
    demand_unchanged(delivery.arrival for delivery in chunk)
    write_entries(
        connection,
        [
            entry_of(each, _outcome(each, tallies.get(each.file_id, Tally())), context)
            for each in chunk
        ],
    )


def _outcome(delivery: Delivery, tally: Tally) -> Outcome:
    """A file of which nothing could be loaded counts as rejected."""
    status = "empty"
    if tally.read:
        status = "loaded" if tally.loaded else "rejected"
    return Outcome(
        status,
        rows_read=tally.read,
        rows_loaded=tally.loaded,
        rows_quarantined=tally.quarantined,
        format=delivery.recognised.format.name,
        unknown_columns=delivery.recognised.reading.unknown,
        note=_note(tally),
    )


def _note(tally: Tally) -> Problem | None:
    if tally.first is None:
        return None
    share = f"{tally.quarantined} of {tally.read} rows are in quarantine"
    reason = f"{share}; the first: {tally.first['reason']}"
    return Problem(tally.first["rule"], reason, tally.first["remedy"])


def _unreadable_parquet(
    connection: duckdb.DuckDBPyConnection, delivery: Delivery
) -> Problem | None:
    """Why the file alone, with nothing written, cannot be read; None when it is not to blame."""
    if delivery.sample.container != "parquet":
        return None
    try:
        connection.execute(
            "select bit_xor(hash(records)) from read_parquet(?) as records",
            [[delivery.literal_path]],
        ).fetchall()
    except duckdb.Error as error:
        reason = f"the Parquet file cannot be read: {str(error).splitlines()[0]}"
        return Problem("whole_parquet_file", reason, HALF_PARQUET)
    return None
