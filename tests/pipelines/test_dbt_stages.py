"""What a stage asks of dbt depends on what stands in the warehouse already."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from pipelines import dbt_stages
from pipelines.dbt_project import ParsedProject
from pipelines.dbt_stages import DbtProject, _is_seeded
from pipelines.errors import RunFailedError
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


def test_a_project_that_cannot_be_read_ahead_is_told_by_who_builds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Settings) -> ParsedProject:
        raise RunFailedError("dbt could not parse the project", "here", "mend it")

    monkeypatch.setattr(DbtProject, "_environment", lambda _: {})
    monkeypatch.setattr(dbt_stages, "parsed_project", fail)
    project = DbtProject(Settings(home=tmp_path, landing=tmp_path, as_of=date(2026, 1, 1)))
    project.read_ahead()
    with pytest.raises(RunFailedError, match="could not parse"):
        project.build("staging", lambda *_: None)
