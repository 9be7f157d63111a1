"""What a publication can carry over from the file published before it.

The facts by the hour grow with history, a night changes a few of their days. Where the published
file is what the last publishing run of this warehouse left, the new one begins as a copy of it, and
only the days that were costed since are replaced in it; everything else is copied whole.
"""

import shutil
from pathlib import Path

import duckdb

from pipelines.run_log import RUN_NUMBER

CARRIED = ("facts", "fct_inference_hourly")
TABLE = ".".join(CARRIED)
LAST_PUBLISHED = f"""
select run_id from {{runs}} where status = 'published' order by {RUN_NUMBER} desc limit 1
"""
# rows nobody caused have no day of their own that is costed: all of them are written anew
REPLACED = """
usage_date in (select usage_date from build.intermediate.int_days_recosted) or is_unallocated
"""
COLUMNS = """
select column_name, data_type from duckdb_columns()
where
    (database_name = 'build') = ?
    and schema_name || '.' || table_name = ?
order by column_index
"""
SUMS = f"select count(*), sum(inference_requests), sum(cost_usd) from {{database}}{TABLE}"
# beyond this, copying whole is cheaper, and gives back the room of what was replaced
MOST_DAYS_SHARE, MOST_FREE_SHARE = 0.5, 0.5
DAYS_SHARE = """
select
    (select count(*) from build.intermediate.int_days_recosted)
    / greatest((select count(*) from build.intermediate.int_usage_days), 1)
"""
FREE_SHARE = """
select free_blocks / greatest(total_blocks, 1) from pragma_database_size()
where database_name = current_database()
"""
IS_THERE = """
select count(*) = 2 from duckdb_tables()
where database_name = 'build' and schema_name = 'intermediate'
    and table_name in ('int_days_recosted', 'int_usage_days')
"""


def begin_draft(published: Path, draft: Path) -> None:
    """Begin the draft as a copy of the published file, where there is one."""
    if published.is_file():
        shutil.copyfile(published, draft)


def can_carry(connection: duckdb.DuckDBPyConnection) -> bool:
    """True where the draft holds what the last publishing run left, and few of its days changed.

    Not where half of it is room that was freed: a copy of everything gives that back.
    """
    theirs, ours = (connection.execute(COLUMNS, [side, TABLE]).fetchall() for side in (False, True))
    [(is_there,)] = connection.execute(IS_THERE).fetchall()
    [(free_share,)] = connection.execute(FREE_SHARE).fetchall()
    if not ours or theirs != ours or not is_there or free_share > MOST_FREE_SHARE:
        return False
    left, published = (
        connection.execute(LAST_PUBLISHED.format(runs=runs)).fetchall()
        for runs in ("ops.runs", "build.ops.runs")
    )
    [(share,)] = connection.execute(DAYS_SHARE).fetchall()
    return left == published and share <= MOST_DAYS_SHARE


def carry(connection: duckdb.DuckDBPyConnection) -> None:
    """Replace the days that were costed since the draft's file was published."""
    connection.execute(f"delete from {TABLE} where {REPLACED}")
    connection.execute(f"insert into {TABLE} select * from build.{TABLE} where {REPLACED}")


def is_whole(connection: duckdb.DuckDBPyConnection) -> bool:
    """True where rows, requests and costs of the carried table are those of the build."""
    ours, theirs = (
        connection.execute(SUMS.format(database=name)).fetchall() for name in ("build.", "")
    )
    return ours == theirs
