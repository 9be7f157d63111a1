"""The memory that the build database keeps between two statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines import warehouse
from pipelines.settings import resolve_settings
from pipelines.warehouse import connect, give_up_cached_pages

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

MEBIBYTE = 1 << 20
LIMIT = "select current_setting('memory_limit')"
KEPT = "select sum(memory_usage_bytes) from duckdb_memory()"
WRITTEN = """
create table written as
select hash(range) as a, hash(range + 1) as b from range(10_000_000)
"""


def answer(connection: duckdb.DuckDBPyConnection, query: str) -> object:
    return connection.execute(query).fetchall()[0][0]


@pytest.mark.parametrize(("in_use", "most"), [("100MB", 100 * MEBIBYTE), ("1KB", 100 * MEBIBYTE)])
def test_written_pages_are_given_up_and_the_limit_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_use: str, most: int
) -> None:
    monkeypatch.setattr(warehouse, "IN_USE", in_use)
    settings = resolve_settings(home=str(tmp_path))
    with connect(settings) as connection:
        limit = answer(connection, LIMIT)
        connection.execute(WRITTEN)
        connection.execute("select sum(a), sum(b) from written").fetchall()
        kept = answer(connection, KEPT)
        assert isinstance(kept, int)
        give_up_cached_pages(connection, settings)
        left = answer(connection, KEPT)
        assert isinstance(left, int)
        assert left < most < kept
        assert answer(connection, LIMIT) == limit
        # another connection of the process finds the configuration that it knows
        with connect(settings) as other:
            assert answer(other, "select count(*) from written") == 10_000_000
