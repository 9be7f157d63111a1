"""The build database: its settings, its storage, and the build of an earlier version."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from pipelines.settings import Settings
from pipelines.warehouse import connect, database_config, published_config

PROFILES = Path("profiles.yml")


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
    with duckdb.connect(str(settings.warehouse), config=published_config(settings)) as earlier:
        earlier.execute("create table t as select 1 as n")
    with connect(settings) as build:
        build.execute("insert into t values (2)")
        build.execute("create table u as select * from t")
    with connect(settings) as build:
        assert build.execute("select n from u order by n").fetchall() == [(1,), (2,)]
