"""The published file as the report reads it: its tables, their descriptions, and their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb

Row = dict[str, Any]

COLUMNS = """
    select schema_name || '.' || table_name, column_name, coalesce(comment, '')
    from duckdb_columns() where not internal order by schema_name, table_name, column_index
"""
TABLES = """
    select schema_name || '.' || table_name, coalesce(comment, '')
    from duckdb_tables() where not internal
"""


@dataclass(frozen=True)
class Published:
    """A read-only view of the published file; the currency is that of its `_usd` columns."""

    connection: duckdb.DuckDBPyConnection
    currency: str = "USD"
    shows_customers: bool = True

    @cached_property
    def descriptions(self) -> Mapping[str, str]:
        """What each table says of itself, by `schema.table`."""
        return dict(self.connection.execute(TABLES).fetchall())

    @cached_property
    def columns(self) -> Mapping[str, Mapping[str, str]]:
        """What each column says of itself, by table and name, in their order."""
        found: dict[str, dict[str, str]] = {}
        for table, column, comment in self.connection.execute(COLUMNS).fetchall():
            found.setdefault(table, {})[column] = comment
        return found

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of a query, each by column name."""
        found = self.connection.execute(query, list(values))
        names = [str(column[0]) for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def rows_of(self, table: str, rest: str = "") -> list[Row]:
        """The rows of a table, none where the file does not hold it."""
        return self.rows(f"select * from {table} {rest}") if table in self.columns else []
