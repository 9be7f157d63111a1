"""Superset's way in: SQLAlchemy with duckdb-engine, read-only, on every published mart."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sqlalchemy
from demo_night import Night
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from pipelines.quality.published_marts import PUBLISHED_MARTS

MARTS = sorted(mart.name for mart in PUBLISHED_MARTS)
# SQLAlchemy's names of DuckDB's types
TYPE_NAMES = {"DOUBLE": "FLOAT", "DECIMAL(38,12)": "NUMERIC(38, 12)"}


def read_only_engine(path: Path) -> sqlalchemy.Engine:
    """The file as Superset opens it: anew for every question, and never to write."""
    return sqlalchemy.create_engine(f"duckdb:///{path}?access_mode=read_only", poolclass=NullPool)


@pytest.fixture(scope="module")
def engine(demo_night: Night) -> Iterator[sqlalchemy.Engine]:
    engine = read_only_engine(demo_night.published_file)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def inspector(engine: sqlalchemy.Engine) -> sqlalchemy.Inspector:
    return sqlalchemy.inspect(engine)


@pytest.fixture(scope="module")
def catalog(demo_night: Night) -> dict[str, list[tuple[str, str, str]]]:
    """Name, type and comment of each column of each mart, from DuckDB's own catalog."""
    columns = demo_night.command.published(
        "select table_name, column_name, data_type, comment from duckdb_columns()"
        " where schema_name = 'marts' order by table_name, column_index"
    )
    marts: dict[str, list[tuple[str, str, str]]] = {mart: [] for mart in MARTS}
    for mart, name, data_type, comment in columns:
        marts[mart].append((name, TYPE_NAMES.get(data_type, data_type), comment))
    return marts


def test_every_mart_is_listed_and_nothing_else(inspector: sqlalchemy.Inspector) -> None:
    assert sorted(inspector.get_table_names(schema="marts")) == MARTS


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_is_reflected_with_types_and_descriptions(
    inspector: sqlalchemy.Inspector, catalog: dict[str, list[tuple[str, str, str]]], mart: str
) -> None:
    columns = inspector.get_columns(mart, schema="marts")
    reflected = [(c["name"], str(c["type"]), c["comment"]) for c in columns]
    assert reflected == catalog[mart]
    assert (inspector.get_table_comment(mart, schema="marts")["text"] or "").startswith("One row ")


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_answers(engine: sqlalchemy.Engine, demo_night: Night, mart: str) -> None:
    with engine.connect() as connection:
        result = connection.execute(sqlalchemy.text(f"select * from marts.{mart}"))
        rows = result.fetchall()
    [(expected,)] = demo_night.command.published(f"select count(*) from marts.{mart}")
    assert len(rows) == expected


def test_nothing_can_be_written(engine: sqlalchemy.Engine) -> None:
    with (
        engine.connect() as connection,
        pytest.raises(ProgrammingError, match="read-only mode"),
    ):
        connection.execute(sqlalchemy.text("create table marts.mine as select 1 as one"))


def test_a_new_connection_sees_the_file_that_took_the_place(
    demo_night: Night, tmp_path: Path
) -> None:
    served, next_night = tmp_path / "unit_economics.duckdb", tmp_path / "next.duckdb"
    shutil.copy(demo_night.published_file, served)
    shutil.copy(demo_night.published_file, next_night)
    engine = read_only_engine(served)
    count = sqlalchemy.text("select count(*) from marts.scorecard")
    with engine.connect() as connection:
        before = connection.execute(count).scalar_one()
    with duckdb.connect(str(next_night)) as writer:
        writer.execute("delete from marts.scorecard where metric = 'cac_usd'")
    next_night.replace(served)
    with engine.connect() as connection:
        after = connection.execute(count).scalar_one()
    assert 0 < after < before
