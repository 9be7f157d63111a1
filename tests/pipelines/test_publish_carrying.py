"""A publication goes on from the file before it and ends with what the build holds.

Its facts may be written while the night is at work; what comes of that is the same.
"""

import json
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import RunFailedError
from pipelines.publishing import publish as publishing
from pipelines.publishing.carrying import can_carry
from pipelines.publishing.draft import HeadStart
from pipelines.publishing.publish import publish
from pipelines.publishing.writing import write_facts
from pipelines.run_log import begin_run, end_run
from pipelines.settings import Settings
from pipelines.warehouse import BUILD, connect, connect_reader

FACTS = """
create or replace table facts.fct_inference_hourly as
select
    usage_date, requests as inference_requests, cast(usd as decimal(38, 12)) as cost_usd,
    is_unallocated
from (
    values
        (date '2026-01-01', 5, 1.50, false),
        (date '2026-01-02', 7, 2.25, false),
        (date '2026-01-03', 9, 3.00, false),
        (date '2026-01-01', 0, 0.25, true)
) as rows (usage_date, requests, usd, is_unallocated);
alter table facts.fct_inference_hourly alter usage_date set not null;
"""
TABLES = {
    "facts": ("fct_inference_hourly",),
    "ops": ("runs", "run_stages", "reported_values"),
}


def due(connection: duckdb.DuckDBPyConnection, *days: str) -> None:
    listed = ", ".join(f"(date '{day}')" for day in days)
    connection.execute(
        "create or replace table intermediate.int_days_recosted as"
        f" select * from (values {listed}) as days (usage_date)"
    )


def describe_tables(settings: Settings) -> None:
    """What publishing knows of the tables: the manifest that dbt writes."""
    nodes = {
        f"{schema}.{table}": {
            "resource_type": "model",
            "schema": schema,
            "name": table,
            "description": f"One row per {table}.",
            "columns": {},
        }
        for schema, tables in TABLES.items()
        for table in tables
    }
    manifest = settings.logs_dir / "dbt" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"nodes": nodes, "sources": {}}))


@pytest.fixture
def published(tmp_path: Path) -> Settings:
    """A build of three days, published once by its first run."""
    settings = Settings(home=tmp_path, landing=tmp_path / "landing", as_of=date(2026, 1, 4))
    with connect(settings) as connection:
        run_id = begin_run(connection, as_of=settings.as_of, project_fingerprint="f")
        connection.execute("create schema facts; create schema intermediate")
        connection.execute(FACTS)
        connection.execute(
            "create table intermediate.int_usage_days as"
            " select distinct usage_date from facts.fct_inference_hourly"
        )
        due(connection, "2026-01-01", "2026-01-02", "2026-01-03")
    describe_tables(settings)
    publish(settings, run_id)
    with connect(settings) as connection:
        end_run(connection, run_id, status="published", exit_code=0, message="")
    return settings


def next_run(settings: Settings, change: str, *days: str) -> str:
    with connect(settings) as connection:
        connection.execute(change)
        due(connection, *days)
        return begin_run(connection, as_of=settings.as_of, project_fingerprint="f")


def rows_of(path: Path) -> list[tuple[object, ...]]:
    with connect_reader(path) as connection:
        return connection.execute("from facts.fct_inference_hourly order by all").fetchall()


def is_carried(settings: Settings, draft: Path) -> bool:
    draft.write_bytes(settings.published_file.read_bytes())
    with duckdb.connect(str(draft)) as connection:
        connection.execute(f"attach '{settings.warehouse}' as {BUILD} (read_only)")
        return can_carry(connection)


CHANGE = """
update facts.fct_inference_hourly set cost_usd = 4 where usage_date = '2026-01-03';
update facts.fct_inference_hourly set cost_usd = 0.5 where is_unallocated;
"""
LATE_BILL = """
insert into facts.fct_inference_hourly values ('2026-01-02', 0, 0.10, true)
"""


def test_a_changed_day_and_what_nobody_caused_are_replaced(
    published: Settings, tmp_path: Path
) -> None:
    run_id = next_run(published, CHANGE, "2026-01-03")
    assert is_carried(published, tmp_path / "draft.duckdb")
    publish(published, run_id)
    assert rows_of(published.published_file) == rows_of(published.warehouse)


def test_what_nobody_caused_is_replaced_where_no_day_changed(
    published: Settings, tmp_path: Path
) -> None:
    change = "update facts.fct_inference_hourly set cost_usd = 0.75 where is_unallocated"
    run_id = next_run(published, f"{change}; {LATE_BILL}", "2026-01-03")
    with connect(published) as connection:
        connection.execute("delete from intermediate.int_days_recosted")
    assert is_carried(published, tmp_path / "draft.duckdb")
    publish(published, run_id)
    assert rows_of(published.published_file) == rows_of(published.warehouse)


def test_a_day_that_nobody_said_had_changed_stops_the_publication(published: Settings) -> None:
    before = published.published_file.read_bytes()
    run_id = next_run(published, CHANGE, "2026-01-02")
    with pytest.raises(RunFailedError, match="what the build holds"):
        publish(published, run_id)
    assert published.published_file.read_bytes() == before


def test_nothing_is_carried_over_from_another_run_than_the_last(
    published: Settings, tmp_path: Path
) -> None:
    run_id = next_run(published, "select 1", "2026-01-03")
    with connect(published) as connection:
        end_run(connection, run_id, status="published", exit_code=0, message="")
    assert not is_carried(published, tmp_path / "draft.duckdb")


def test_nothing_is_carried_over_where_columns_differ(published: Settings, tmp_path: Path) -> None:
    next_run(
        published, "alter table facts.fct_inference_hourly add column plan varchar", "2026-01-03"
    )
    assert not is_carried(published, tmp_path / "draft.duckdb")


def test_nothing_is_carried_over_where_most_days_changed(
    published: Settings, tmp_path: Path
) -> None:
    next_run(published, "select 1", "2026-01-01", "2026-01-02")
    assert not is_carried(published, tmp_path / "draft.duckdb")


def test_a_table_that_is_gone_from_the_build_is_gone_from_the_file(published: Settings) -> None:
    with duckdb.connect(str(published.published_file)) as connection:
        connection.execute("create table marts.old as select 1 as number")
    publish(published, next_run(published, CHANGE, "2026-01-03"))
    with connect_reader(published.published_file) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    assert ("old",) not in tables


def head_start(settings: Settings, write: Callable[..., object] = write_facts) -> HeadStart:
    start = HeadStart(settings.published_file)
    start.begin()
    start.go_on(connect(settings), partial(write, settings=settings))
    return start


def names(settings: Settings) -> set[str]:
    return {path.name for path in settings.published_file.parent.iterdir()}


@pytest.mark.parametrize("is_first", [True, False])
def test_facts_written_beside_the_night_are_not_written_twice(
    published: Settings, monkeypatch: pytest.MonkeyPatch, *, is_first: bool
) -> None:
    if is_first:
        published.published_file.unlink()
    run_id = next_run(published, CHANGE, "2026-01-03")
    start = head_start(published)
    assert start.is_written()
    monkeypatch.setattr(publishing, "write_facts", None)
    publish(published, run_id, start)
    assert rows_of(published.published_file) == rows_of(published.warehouse)


def half_of_it(connection: duckdb.DuckDBPyConnection, draft: Path, settings: Settings) -> None:
    write_facts(connection, draft, settings)
    with duckdb.connect(str(draft)) as other:
        other.execute("delete from facts.fct_inference_hourly")
    raise duckdb.IOException("No space left on device")


def test_facts_of_which_half_was_written_are_written_anew(published: Settings) -> None:
    run_id = next_run(published, CHANGE, "2026-01-03")
    start = head_start(published, half_of_it)
    assert not start.is_written()
    publish(published, run_id, start)
    assert rows_of(published.published_file) == rows_of(published.warehouse)


def test_facts_written_into_a_copy_of_another_file_are_written_anew(published: Settings) -> None:
    run_id = next_run(published, CHANGE, "2026-01-03")
    start = head_start(published)
    assert start.is_written()
    other = published.published_file.with_name("other")
    other.write_bytes(published.published_file.read_bytes())
    other.replace(published.published_file)
    assert not start.is_written()
    publish(published, run_id, start)
    assert rows_of(published.published_file) == rows_of(published.warehouse)


def without_end(connection: duckdb.DuckDBPyConnection, draft: Path, settings: Settings) -> None:
    write_facts(connection, draft, settings)
    connection.execute(
        "select sum(a.range * b.range) from range(1e9::bigint) a, range(1e9::bigint) b"
    )


def test_a_head_start_that_is_given_up_ends_at_once_and_leaves_nothing(published: Settings) -> None:
    next_run(published, CHANGE, "2026-01-03")
    before = names(published)
    start = head_start(published, without_end)
    time.sleep(0.5)
    begun = time.monotonic()
    start.close()
    assert time.monotonic() - begun < 5
    assert not start.is_written()
    assert names(published) == before
