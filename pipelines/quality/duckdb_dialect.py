"""A DuckDB dialect for SQLAlchemy that hands an open connection to Great Expectations.

Great Expectations rolls a connection back before it fetches the rows, and a DuckDB result does not
outlive that; so the cursor here keeps the rows the moment a statement has run.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
from duckdb_engine import ConnectionWrapper, CursorWrapper, Dialect
from sqlalchemy import Connection, TryCast, text
from sqlalchemy.dialects import registry
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.pool import NullPool
from sqlalchemy.types import NullType

from pipelines.quality.rules import literal

URL = "duckdb+warehouse://"
COLUMNS_OF_A_TABLE = """
    select column_name, is_nullable
    from duckdb_columns()
    where database_name = current_database()
        and schema_name = coalesce(:schema_name, current_schema())
        and table_name = :table_name
    order by column_index
"""

# This hook of duckdb-engine, which no expectation of ours uses, keeps DuckDB loaded past its end:
# the process would close with a page of warnings about leaked objects.
TryCast._compiler_dispatcher.specs.pop("duckdb", None)  # type: ignore[attr-defined]  # noqa: SLF001 - as above

Row = tuple[Any, ...]
EngineArguments = Callable[[str], dict[str, Any]]


class KeepingCursor(CursorWrapper):
    """A cursor whose rows survive a rollback."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, wrapper: ConnectionWrapper) -> None:
        """Start with nothing executed."""
        super().__init__(connection, wrapper)
        self._connection = connection
        self._rows: list[Row] = []
        self.description: list[Row] | None = None

    def execute(
        self, statement: str, parameters: Row | None = None, context: object | None = None
    ) -> None:
        """Run the statement and fetch its rows at once."""
        super().execute(statement, parameters, context)
        described = self._connection.description or []
        # Type objects of DuckDB held by SQLAlchemy's caches are reported as leaks at exit.
        self.description = [(name, str(kind), *[None] * 5) for name, kind, *_ in described]
        self._rows = self._connection.fetchall() if described else []

    def fetchone(self) -> Row | None:
        """The next kept row."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Row]:
        """The next kept rows."""
        taken, self._rows = self._rows[: size or 1], self._rows[size or 1 :]
        return taken

    def fetchall(self) -> list[Row]:
        """All rows still kept."""
        taken, self._rows = self._rows, []
        return taken


class WarehouseConnection(ConnectionWrapper):
    """A second connection to the database the caller has open, at home in one of its schemas."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str) -> None:
        """Open it, so that a rollback here never touches the caller's transaction."""
        self._connection = connection.cursor()
        self._connection.execute(f"set schema = {literal(schema)}")
        super().__init__(self._connection)

    def cursor(self) -> KeepingCursor:
        """A cursor that keeps its rows."""
        return KeepingCursor(self._connection, self)


class WarehouseDialect(Dialect):
    """DuckDB with columns read from its own catalogue instead of PostgreSQL's."""

    supports_statement_cache = False

    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **_: object
    ) -> list[ReflectedColumn]:
        """The columns of a table or view, without types: no expectation of ours needs them."""
        names = {"schema_name": schema, "table_name": table_name}
        rows = connection.execute(text(COLUMNS_OF_A_TABLE), names).all()
        return [
            {"name": name, "type": NullType(), "nullable": nullable, "default": None}
            for name, nullable in rows
        ]


@contextmanager
def lent(connection: duckdb.DuckDBPyConnection) -> Iterator[EngineArguments]:
    """What `sqlalchemy.create_engine(URL, ...)` needs to work on a schema of the database.

    Lent for a while: on leaving, everything opened is closed. Great Expectations keeps its engines
    for the rest of the process, and one connection left open would keep the database file locked.
    """
    registry.register("duckdb.warehouse", __name__, WarehouseDialect.__name__)
    lender = [connection]
    opened: list[WarehouseConnection] = []

    def engine_arguments(schema: str) -> dict[str, Any]:
        def open_connection() -> WarehouseConnection:
            opened.append(WarehouseConnection(lender[0], schema))
            return opened[-1]

        return {"creator": open_connection, "poolclass": NullPool}

    try:
        yield engine_arguments
    finally:
        lender.clear()
        while opened:
            opened.pop().close()
