"""Rows that share a key: which one stays in the raw table, and what becomes of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.loading.tables import (
    columns_sql,
    document_sql,
    duplicates_table,
    key_sql,
    names_sql,
    raw_table,
)
from pipelines.sources.quoting import identifier

if TYPE_CHECKING:
    import duckdb

    from pipelines.sources.feeds import Feed

# Sorted, equal hashes stand side by side: that takes a third of the time and memory of counting.
MOST_SORTED = 8_000_000
ARRIVED = """
create or replace temp view arrived as
select _key_hash from {raw} where _file_id >= {first_new}
union all
select _key_hash from restored
"""
ARRIVED_PART = "select _key_hash from arrived where _key_hash % {parts} = {part}"
# Hashes of new rows that occur twice among them, or that an older row has too.
CONTESTED = """
create or replace temp table contested as
select _key_hash from repeated_hashes
union
select older._key_hash
from {raw} as older
semi join arrived on older._key_hash = arrived._key_hash
where older._file_id < {first_new}
"""
CONTESTANTS = """
create or replace temp table contestants as
select {raw}.rowid as row_id, _file_id
from {raw}
semi join contested using (_key_hash)
"""
# Files settled together were delivered in the order of their times, whatever order they were read
# in: a load that was broken off and begun again may have given an older file the greater id.
DELIVERY_ORDER = """
create or replace temp table delivery_order as
with

batches as (
    select file_id, modified_at, path, min(file_id) over (partition by loaded_at) as first_id
    from ops.load_files
    where feed = $feed
)

select file_id, row_number() over (order by first_id, modified_at, path, file_id) as _delivered
from batches
"""
CONTESTING = """
create or replace temp table contesting as
select
    {raw}.rowid as row_id, {told_by}, _file_id, _line, _delivered,
    {updated} as _updated_at, {last} as _last
from {raw}
semi join contested using (_key_hash)
inner join delivery_order on _file_id = file_id
where _file_id in ({file_ids})
"""
# What all columns say is read only of rows that nothing else puts in an order.
ALIKE = """
create or replace temp table alike as
with

counted as (
    select row_id, count(*) over (partition by {key}, _updated_at, _delivered, _last) as rows_alike
    from contesting
)

select {raw}.rowid as row_id, hash({columns}) as _content_hash
from {raw}
inner join counted on {raw}.rowid = counted.row_id
where rows_alike > 1
"""
LOSERS = """
create or replace temp table losers as
with

ranked as (
    select
        row_id,
        _file_id,
        first_value(_file_id) over (
            partition by {document} order by _updated_at desc nulls last, _delivered desc
        ) as _kept_file_id,
        {place} as _place
    from contesting
    left join alike using (row_id)
)

select
    row_id,
    _file_id,
    _kept_file_id,
    case when _file_id = _kept_file_id then 'repeated in file' else 'older delivery' end
        as _duplicate_reason
from ranked
where _place > 1
"""
SET_ASIDE = """
insert into {duplicates}
select {columns}, {raw}._file_id, _line, _key_hash, _kept_file_id, _duplicate_reason
from {raw}
inner join losers on {raw}.rowid = losers.row_id
where {raw}._file_id in ({file_ids})
"""
COUNT_LOSERS = """
update ops.load_files
set rows_loaded = rows_loaded - rows, rows_duplicate = rows_duplicate + rows
from (select _file_id, count(*) as rows from losers group by all)
where file_id = _file_id
"""


def elect_winners(connection: duckdb.DuckDBPyConnection, feed: Feed, first_new: int) -> None:
    """Of rows with one key keep that of the newest file, and set the others aside as duplicates.

    Rows that say when they were updated go before that: the latest stays, whatever file it came in.
    Within one file the last line wins; where a bulk feed has no lines, the row with the latest
    time. A feed whose keys repeat keeps all rows of the newest file.
    """
    raw = raw_table(feed)
    _find_contested(connection, raw, first_new)
    connection.execute(CONTESTANTS.format(raw=raw))
    rows = connection.execute("select distinct _file_id from contestants order by all").fetchall()
    if not rows:
        return
    names = {
        "raw": raw,
        "duplicates": duplicates_table(feed),
        "columns": columns_sql(feed),
        "key": key_sql(feed),
        "told_by": names_sql(dict.fromkeys((*feed.key, *feed.document))),
        "last": _last(feed),
        "document": document_sql(feed),
        "place": _place(feed),
        "updated": _updated(feed),
        # Spelled out, the ids let DuckDB skip every row group that holds none of these files.
        "file_ids": ", ".join(str(row[0]) for row in rows),
    }
    connection.execute(DELIVERY_ORDER, {"feed": feed.name})
    for statement in (CONTESTING, ALIKE, LOSERS):
        connection.execute(statement.format(**names))
    connection.execute(SET_ASIDE.format(**names))
    connection.execute(f"delete from {raw} where rowid in (select row_id from losers)")
    connection.execute(COUNT_LOSERS)


def _find_contested(connection: duckdb.DuckDBPyConnection, raw: str, first_new: int) -> None:
    connection.execute(ARRIVED.format(raw=raw, first_new=first_new))
    [(rows,)] = connection.execute("select count(*) from arrived").fetchall()
    parts = rows // MOST_SORTED + 1
    repeated = [
        _repeated(connection.sql(ARRIVED_PART.format(parts=parts, part=part)).pl()["_key_hash"])
        for part in range(parts)
    ]
    connection.register("repeated_hashes", pl.concat(repeated).to_frame())
    connection.execute(CONTESTED.format(raw=raw, first_new=first_new))
    connection.unregister("repeated_hashes")


def _repeated(hashes: pl.Series) -> pl.Series:
    """What occurs twice or more, once."""
    in_order = hashes.sort()
    return in_order.filter(in_order == in_order.shift()).unique()


def _updated(feed: Feed) -> str:
    """When a row was updated; one that does not say corrects all that were delivered before it."""
    if feed.updated_at is None:
        return "cast(null as timestamp)"
    stated = identifier(feed.updated_at)
    so_far = f"max({stated}) over (partition by {key_sql(feed)} order by _delivered)"
    return f"coalesce({stated}, {so_far})"


def _place(feed: Feed) -> str:
    """A row's place among those of its key; 1 stays."""
    newest = f"dense_rank() over (partition by {document_sql(feed)} order by _delivered desc)"
    if feed.repeats:
        return newest
    if feed.document != feed.key:
        last = f"partition by {key_sql(feed)}, _file_id order by _line desc nulls last"
        return f"greatest({newest}, row_number() over ({last}))"
    order = (
        "_updated_at desc nulls last, _delivered desc, _last desc nulls last, _content_hash desc"
    )
    return f"row_number() over (partition by {key_sql(feed)} order by {order})"


def _last(feed: Feed) -> str:
    """What comes last within a file: the line, or the latest time of a bulk feed without lines."""
    if not feed.bulk:
        return "_line"
    times = [identifier(c.name) for c in feed.columns if c.data_type == "timestamp"]
    return f"greatest({', '.join(times)})" if times else "cast(null as timestamp)"
