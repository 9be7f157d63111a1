"""The published file is complete, described, readable by old clients, and replaced at once."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import RunFailedError
from pipelines.publishing.publish import publish
from pipelines.run_log import begin_run
from pipelines.settings import Settings
from pipelines.warehouse import connect, connect_reader


def manifest(*tables: tuple[str, str]) -> dict[str, object]:
    nodes = {
        f"{schema}.{table}": {
            "resource_type": "model",
            "schema": schema,
            "name": table,
            "description": f"One row per {table}: it's described.",
            "columns": {"amount_usd": {"description": "An amount."}},
        }
        for schema, table in tables
    }
    return {"nodes": nodes, "sources": {}}


TABLES = (
    ("marts", "margins"),
    ("ops", "reported_values"),
    ("ops", "run_stages"),
    ("ops", "runs"),
)


@pytest.fixture
def built(tmp_path: Path) -> tuple[Settings, str]:
    settings = Settings(home=tmp_path, landing=tmp_path / "landing", as_of=date(2026, 1, 1))
    with connect(settings) as connection:
        run_id = begin_run(connection, as_of=settings.as_of, project_fingerprint="f")
        connection.execute("create schema marts")
        connection.execute("create schema raw")
        connection.execute("create table raw.secrets as select 1 as secret")
        connection.execute("create table marts.margins as select 1.5::decimal(38, 12) amount_usd")
        connection.execute("alter table ops.runs add column amount_usd integer")
        connection.execute("alter table ops.run_stages add column amount_usd integer")
        connection.execute("alter table ops.reported_values add column amount_usd integer")
    write_manifest(settings, manifest(*TABLES))
    return settings, run_id


def write_manifest(settings: Settings, content: dict[str, object]) -> None:
    path = settings.logs_dir / "dbt" / "manifest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def test_only_marts_facts_and_ops_are_published(built: tuple[Settings, str]) -> None:
    publish(*built)
    with connect_reader(built[0].published_file) as published:
        rows = published.sql("select schema_name, table_name from duckdb_tables()").fetchall()
    assert sorted(rows) == sorted(TABLES)


def test_the_published_run_says_it_was_published(built: tuple[Settings, str]) -> None:
    publish(*built)
    with connect_reader(built[0].published_file) as published:
        assert published.sql("select status, exit_code from ops.runs").fetchall() == [
            ("published", 0)
        ]


def test_tables_and_columns_carry_their_descriptions(built: tuple[Settings, str]) -> None:
    publish(*built)
    with connect_reader(built[0].published_file) as published:
        table = published.execute(
            "select comment from duckdb_tables() where table_name = 'margins'"
        ).fetchone()
        column = published.execute(
            "select comment from duckdb_columns() where table_name = 'margins'"
        ).fetchone()
    assert table == ("One row per margins: it's described.",)
    assert column == ("An amount.",)


def test_an_undescribed_table_is_not_published(built: tuple[Settings, str]) -> None:
    settings, run_id = built
    write_manifest(settings, manifest(*TABLES[1:]))
    with pytest.raises(RunFailedError, match="described"):
        publish(settings, run_id)
    assert not settings.published_file.exists()


def test_a_reader_keeps_the_file_it_opened(built: tuple[Settings, str]) -> None:
    settings, run_id = built
    publish(settings, run_id)
    reader = duckdb.connect(str(settings.published_file), read_only=True)
    with connect(settings) as connection:
        connection.execute("update marts.margins set amount_usd = 2.5")
    reader.execute("begin")
    before = reader.execute("select amount_usd from marts.margins").fetchone()
    publish(settings, run_id)
    after = reader.execute("select amount_usd from marts.margins").fetchone()
    reader.close()
    with connect_reader(settings.published_file) as fresh:
        current = fresh.execute("select amount_usd from marts.margins").fetchone()
    assert before == after == (Decimal("1.5"),)
    assert current == (Decimal("2.5"),)


def test_no_draft_and_no_log_is_left_behind(built: tuple[Settings, str]) -> None:
    publish(*built)
    names = {path.name for path in built[0].published_file.parent.iterdir()}
    assert names == {"unit_economics.duckdb", "history"}


def test_the_file_is_written_for_clients_older_than_2_0(built: tuple[Settings, str]) -> None:
    publish(*built)
    with connect_reader(built[0].published_file) as published:
        tags = published.execute(
            "select tags from duckdb_databases() where not internal"
        ).fetchone()
    assert "v1.2" in str(tags)


def test_a_reader_can_reach_nothing_but_the_file(
    built: tuple[Settings, str], tmp_path: Path
) -> None:
    publish(*built)
    with connect_reader(built[0].published_file) as published:
        with pytest.raises(duckdb.PermissionException):
            published.sql(f"copy marts.margins to '{tmp_path / 'out.csv'}'")
        with pytest.raises(duckdb.Error):
            published.sql("set enable_external_access = true")
