"""What a publication can carry over from the file published before it.

The facts by the hour grow with history, a night changes a few of their days. Where the published
file is what the last publishing run of this warehouse left, the new one begins as a copy of it, and
only the days that were costed since are replaced in it; everything else is copied whole.
"""

import duckdb

from pipelines.run_log import RUN_NUMBER
from pipelines.warehouse import BUILD

# Names without a database are the draft's.
CARRIED = ("facts", "fct_inference_hourly")
TABLE = ".".join(CARRIED)
LAST_PUBLISHED = f"""
select run_id from {{runs}} where status = 'published' order by {RUN_NUMBER} desc limit 1
"""
DAYS = f"select usage_date from {BUILD}.intermediate.int_days_recosted order by usage_date"
# rows nobody caused have no day of their own that is costed: all of them are written anew
INSERT = f"""
insert into {TABLE}
select * from {BUILD}.{TABLE} where {{is_due}}
union all
select * from {BUILD}.{TABLE} where is_unallocated and ({{is_due}}) is not true
"""
SUMS = f"select count(*), sum(inference_requests), sum(cost_usd) from {{database}}{TABLE}"
# beyond this, copying whole is cheaper, and gives back the room of what was replaced
MOST_DAYS_SHARE, MOST_FREE_SHARE = 0.5, 0.5
DAYS_SHARE = f"""
select
    (select count(*) from {BUILD}.intermediate.int_days_recosted)
    / greatest((select count(*) from {BUILD}.intermediate.int_usage_days), 1)
"""
FREE_SHARE = """
select free_blocks / greatest(total_blocks, 1) from pragma_database_size()
where database_name = current_database()
"""
IS_THERE = f"""
select count(*) = 2 from duckdb_tables()
where database_name = '{BUILD}' and schema_name = 'intermediate'
    and table_name in ('int_days_recosted', 'int_usage_days')
"""


def can_carry(connection: duckdb.DuckDBPyConnection) -> bool:
    """True where the draft holds what the last publishing run left, and few of its days changed.

    Not where half of it is room that was freed: a copy of everything gives that back.
    """
    theirs, ours = (_columns(connection, name) for name in (TABLE, f"{BUILD}.{TABLE}"))
    [(is_there,)] = connection.execute(IS_THERE).fetchall()
    [(free_share,)] = connection.execute(FREE_SHARE).fetchall()
    if not ours or theirs != ours or not is_there or free_share > MOST_FREE_SHARE:
        return False
    left, published = (
        connection.execute(LAST_PUBLISHED.format(runs=runs)).fetchall()
        for runs in ("ops.runs", f"{BUILD}.ops.runs")
    )
    [(share,)] = connection.execute(DAYS_SHARE).fetchall()
    return left == published and share <= MOST_DAYS_SHARE


def carry(connection: duckdb.DuckDBPyConnection) -> None:
    """Replace the days that were costed since the draft's file was published."""
    days = connection.execute(DAYS).fetchall()
    listed = ", ".join(f"date '{day}'" for (day,) in days)
    # written out, so that the engine skips what holds none of these days
    is_due = f"usage_date in ({listed})" if days else "false"
    connection.execute(f"delete from {TABLE} where {is_due}")
    connection.execute(f"delete from {TABLE} where is_unallocated")
    connection.execute(INSERT.format(is_due=is_due))


def is_whole(connection: duckdb.DuckDBPyConnection) -> bool:
    """True where rows, requests and costs of the carried table are those of the build."""
    ours, theirs = (
        connection.execute(SUMS.format(database=name)).fetchall() for name in (f"{BUILD}.", "")
    )
    return ours == theirs


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[object, ...]]:
    try:
        described = connection.execute(f"describe {table}").fetchall()
    except duckdb.CatalogException:
        return []
    # not whether a column may be null: the build says it, a copy of its rows does not
    return [(name, data_type) for name, data_type, *_ in described]
