"""Corrected files: a newer delivery of the same path takes the place of the older one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.loading.tables import columns_sql, document_sql, duplicates_table, raw_table

if TYPE_CHECKING:
    import duckdb

    from pipelines.sources.feeds import Feed

# A file is superseded by a newer delivery of its path from which rows were taken, or whose content
# is here already. What could not be read, or was empty, takes nothing away; copies held no rows.
SUPERSEDED = """
create or replace temp table superseded as
select older.file_id, max(newer.file_id) as newer_file_id
from ops.load_files as older
inner join ops.load_files as newer
    on older.path = newer.path and older.file_id < newer.file_id
where older.feed = $feed and older.status not in ('superseded', 'identical')
    and newer.status in ('loaded', 'identical')
group by older.file_id
"""
RESTORABLE = """
select {columns}, _file_id, _line, hash({key}) as _key_hash
from {duplicates}
where _kept_file_id in (select file_id from superseded) and _duplicate_reason <> 'file superseded'
"""
SUPERSEDE = (
    """
    insert into {duplicates}
    select {columns}, _file_id, _line, _key_hash, newer_file_id, 'file superseded'
    from {raw}
    inner join superseded on _file_id = file_id
    where _file_id in ({file_ids})
    """,
    "delete from {raw} where _file_id in ({file_ids})",
    """
    update {duplicates} set _duplicate_reason = 'file superseded'
    where _file_id in ({file_ids})
    """,
    f"create or replace temp table restored as {RESTORABLE}",
    "insert into {raw} ({columns}, _file_id, _line, _key_hash) select * from restored",
    """
    delete from {duplicates}
    where _kept_file_id in ({file_ids}) and _duplicate_reason <> 'file superseded'
    """,
    """
    update ops.load_files
    set status = 'superseded', rows_loaded = 0, rows_duplicate = rows_duplicate + rows_loaded
    where file_id in ({file_ids})
    """,
    """
    update ops.load_files
    set rows_loaded = rows_loaded + rows, rows_duplicate = rows_duplicate - rows
    from (select _file_id, count(*) as rows from restored group by all)
    where file_id = _file_id
    """,
)


def supersede(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Set superseded files' rows aside and bring back what they had displaced from other files.

    What was brought back stands in the temporary table `restored`, for the contest of keys to come.
    """
    connection.execute(SUPERSEDED, {"feed": feed.name})
    names = {
        "columns": columns_sql(feed),
        "key": document_sql(feed),
        "raw": raw_table(feed),
        "duplicates": duplicates_table(feed),
    }
    ids = connection.execute("select file_id from superseded").fetchall()
    if not ids:
        connection.execute(f"create or replace temp table restored as {RESTORABLE}".format(**names))
        return
    # Spelled out, the ids let DuckDB skip every row group that holds none of these files.
    names["file_ids"] = ", ".join(str(row[0]) for row in ids)
    for statement in SUPERSEDE:
        connection.execute(statement.format(**names))
