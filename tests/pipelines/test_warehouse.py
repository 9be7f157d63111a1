"""The build database: its settings, its storage, and the build of an earlier version."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from pipelines.loading.tables import create_tables
from pipelines.settings import Settings
from pipelines.warehouse import PUBLISHED_STORAGE_VERSION, connect, database_config
from tests.loading_support import FEEDS

PROFILES = Path("profiles.yml")
STORED = """
select distinct column_name, compression from pragma_storage_info('raw.inference_logs')
where segment_type = 'VARCHAR' and column_name in ('request_id', 'trace_id', 'model')
order by all
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, landing=tmp_path, as_of=date(2026, 1, 1))


def test_dbt_opens_the_build_with_the_storage_that_the_pipeline_opens_it_with(
    settings: Settings,
) -> None:
    output = yaml.safe_load(PROFILES.read_text("utf-8"))["unit_economics"]["outputs"]["duckdb"]
    version = output["config_options"]["storage_compatibility_version"]
    assert version == database_config(settings)["storage_compatibility_version"]


def test_a_build_in_the_storage_of_published_files_is_read_and_written_on(
    settings: Settings,
) -> None:
    settings.warehouse.parent.mkdir()
    config = {"storage_compatibility_version": PUBLISHED_STORAGE_VERSION}
    with duckdb.connect(str(settings.warehouse), config=config) as earlier:
        earlier.execute("create table t as select 1 as n")
    with connect(settings) as build:
        build.execute("insert into t values (2)")
        build.execute("create table u as select * from t")
    with connect(settings) as build:
        assert build.execute("select n from u order by n").fetchall() == [(1,), (2,)]


def test_random_ids_are_stored_as_they_are_and_repeated_texts_are_not(settings: Settings) -> None:
    rows = "select uuid() as request_id, uuid() as trace_id, 'm' || i % 3 as model, 1 as _file_id"
    with connect(settings) as build:
        create_tables(build, FEEDS.values())
        build.execute(
            "insert into raw.inference_logs by name"
            f" {rows}, timestamp '2026-01-01' as started_at from range(4096) as numbers (i)"
        )
        build.execute("checkpoint")
        stored = dict(build.execute(STORED).fetchall())
    assert (stored["request_id"], stored["trace_id"]) == ("Uncompressed", "Uncompressed")
    assert stored["model"] != "Uncompressed"
