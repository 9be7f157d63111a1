"""The command `unitecon diff`: which published numbers moved between two versions."""

import duckdb

from pipelines.console import Console
from pipelines.publishing.history import find_version
from pipelines.settings import Settings
from pipelines.sources.quoting import identifier, literal

MOVED = """
select
    coalesce(older.metric, newer.metric), coalesce(older.metric_month, newer.metric_month),
    coalesce(newer.unit, older.unit), older.value, newer.value, newer.value - older.value,
    older.status, newer.status
from older.marts.scorecard as older
full outer join newer.marts.scorecard as newer
    on older.metric = newer.metric and older.metric_month is not distinct from newer.metric_month
where
    (older.value is null) <> (newer.value is null)
    or abs(older.value - newer.value) > 1e-12 * abs(older.value)
    or older.status is distinct from newer.status
order by all
"""
MOVED_COLUMNS = ("metric", "month", "unit", "A", "B", "change", "status A", "status B")
TABLES = """
select database_name, schema_name, table_name
from duckdb_tables()
where database_name in ('older', 'newer') and schema_name in ('marts', 'facts')
order by all
"""
SHARED_COLUMNS = """
select column_name
from duckdb_columns()
where database_name in ('older', 'newer') and schema_name = ? and table_name = ?
group by column_name
having count(*) = 2
order by min(column_index)
"""
ROWS = "select count(*) from {version}.{table}"
ONLY_IN = """
select count(*)
from (select {columns} from {one}.{table} except all select {columns} from {other}.{table})
"""


def show_diff(settings: Settings, console: Console, before: str, after: str) -> int:
    """The scorecard's values that differ, then every mart and fact with rows that differ.

    Rows are compared whole, on the columns both versions have. Errors: UsageError for a version
    that is not kept.
    """
    one, other = find_version(settings, before), find_version(settings, after)
    if one.run_id == other.run_id:
        console.say(f"A and B are both {one.run_id}")
        return 0
    console.say(f"A {one.run_id} (as of {one.as_of_date})   B {other.run_id} ({other.as_of_date})")
    with duckdb.connect() as connection:
        for name, version in (("older", one), ("newer", other)):
            path = literal(str(version.path))
            connection.execute(f"attach {path} as {name} (read_only)")
        connection.execute("set enable_external_access = false")
        _show_moved(connection, console)
        _show_tables(connection, console)
    return 0


def _show_moved(connection: duckdb.DuckDBPyConnection, console: Console) -> None:
    rows = connection.execute(MOVED).fetchall()
    if rows:
        console.table(MOVED_COLUMNS, rows, title="scorecard")
    else:
        console.say("no value of the scorecard moved")


def _show_tables(connection: duckdb.DuckDBPyConnection, console: Console) -> None:
    found = connection.execute(TABLES).fetchall()
    names = {(schema, table) for _, schema, table in found}
    changed = [row for row in (_compare(connection, *name, found) for name in sorted(names)) if row]
    if changed:
        columns = ("table", "rows A", "rows B", "only in A", "only in B")
        console.table(columns, changed, title="tables whose rows differ")


def _compare(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    found: list[tuple[str, str, str]],
) -> tuple[object, ...] | None:
    """A table's rows in both versions, None where they are the same."""
    name = identifier(schema, table)
    here = [v for v in ("older", "newer") if (v, schema, table) in found]
    counts = {v: _number(connection, ROWS.format(version=v, table=name)) for v in here}
    if len(here) == 1:
        return (f"{schema}.{table}", counts.get("older"), counts.get("newer"), None, None)
    shared = connection.execute(SHARED_COLUMNS, [schema, table]).fetchall()
    columns = ", ".join(identifier(str(column)) for (column,) in shared)
    gone, come = (
        _number(connection, ONLY_IN.format(columns=columns, one=a, other=b, table=name))
        for a, b in (("older", "newer"), ("newer", "older"))
    )
    if not gone and not come:
        return None
    return (f"{schema}.{table}", counts["older"], counts["newer"], gone, come)


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])
