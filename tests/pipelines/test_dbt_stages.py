"""What a stage asks of dbt depends on what stands in the warehouse already."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from pipelines import dbt_stages
from pipelines.dbt_project import ParsedProject
from pipelines.dbt_stages import DbtProject, _is_seeded
from pipelines.settings import Settings


@pytest.mark.parametrize(
    ("tables", "is_seeded"), [((), False), (("rules",), False), (("rules", "types"), True)]
)
def test_seeds_count_as_there_once_all_of_them_are(
    tables: tuple[str, ...], *, is_seeded: bool
) -> None:
    nodes = {
        "seed.rules": SimpleNamespace(name="rules", resource_type="seed"),
        "seed.types": SimpleNamespace(name="types", resource_type="seed"),
        "model.costs": SimpleNamespace(name="costs", resource_type="model"),
    }
    parsed = ParsedProject(SimpleNamespace(nodes=nodes), ())
    with duckdb.connect() as connection:
        connection.execute("create schema seeds")
        for table in tables:
            connection.execute(f"create table seeds.{table} as select 1 as number")
        assert _is_seeded(connection, parsed) is is_seeded


@pytest.mark.parametrize("is_parsed", [True, False])
def test_a_project_is_read_ahead_once_it_was_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_parsed: bool
) -> None:
    """Parsing opens the build with settings that a load beside it must not have."""
    parsed = ParsedProject(SimpleNamespace(nodes={}), ())
    monkeypatch.setattr(dbt_stages, "is_parsed", lambda _: is_parsed)
    monkeypatch.setattr(dbt_stages, "parsed_project", lambda _: parsed)
    monkeypatch.setattr(DbtProject, "_environment", lambda _: {})
    called = []
    monkeypatch.setattr(DbtProject, "_invoke", lambda _, arguments: called.append(arguments[0]))
    project = DbtProject(Settings(home=tmp_path, landing=tmp_path, as_of=date(2026, 1, 1)))
    project.read_ahead()
    assert (project.parsed is parsed) is is_parsed
    # a command that asks the build nothing; none beside somebody who builds already
    project.read_ahead()
    assert called == (["list"] if is_parsed else [])
    assert project.read() is parsed
