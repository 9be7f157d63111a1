"""What a stage asks of dbt depends on what stands in the warehouse already."""

from types import SimpleNamespace

import duckdb
import pytest

from pipelines.dbt_project import ParsedProject
from pipelines.dbt_stages import _is_seeded


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
