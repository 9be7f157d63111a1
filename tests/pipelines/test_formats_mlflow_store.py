"""Runs of an MLflow store become training runs: those that ended, and that nobody deleted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loading_support import Loader, new_loader

from pipelines.sources.mlflow_store import read_document

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "mlflow_store"
SCHEMA = (FIXTURES / "schema.sql").read_text("utf-8")
PATH = "training_runs/mlflow.db"
START_MS = 1_790_820_000_250
HOUR_MS = 3_600_000
START = datetime(2026, 10, 1, 2, 0, 0, 250_000)  # noqa: DTZ001 - UTC, as DuckDB returns it

RUN = (
    "insert into runs (run_uuid, status, start_time, end_time, lifecycle_stage, experiment_id,"
    f" user_id) values (?, ?, {START_MS}, ?, ?, ?, 'someone')"
)
ENDED = START_MS + HOUR_MS
STATEMENTS: list[tuple[str, tuple[object, ...]]] = [
    (("insert into experiments (experiment_id, name, lifecycle_stage) values"
     " (1, 'atlas', 'active'), (2, 'old', 'deleted')"), ()),
    (RUN, ("finished", "FINISHED", ENDED, "active", 1)),
    (RUN, ("failed", "FAILED", ENDED, "active", 1)),
    (RUN, ("killed", "KILLED", ENDED, "active", 1)),
    (RUN, ("running", "RUNNING", None, "active", 1)),
    (RUN, ("scheduled", "SCHEDULED", None, "active", 1)),
    (RUN, ("deleted", "FINISHED", ENDED, "deleted", 1)),
    (RUN, ("of deleted", "FINISHED", ENDED, "active", 2)),
    (("insert into tags (run_uuid, key, value) values ('finished', 'kind', 'fine_tune'),"
     " ('finished', 'gpu_pool', 'training'), ('finished', 'currency', 'USD'),"
     " ('finished', 'cost', '480.10'), ('finished', 'mlflow.user', 'someone'),"
     " ('failed', 'model', 'atlas-chat'), ('failed', 'version', '2026-09')"), ()),
    (("insert into params (run_uuid, key, value) values ('finished', 'gpu_hours', '240'),"
     " ('killed', 'cost', 'hinge'), ('killed', 'kind', 'rbf'), ('failed', 'kind', 'experiment')"),
     ()),
    (("insert into latest_metrics (run_uuid, key, value, step, is_nan) values"
     " ('failed', 'gpu_hours', 1.5, 0, 0)"), ()),
    (("insert into model_versions (name, version, run_id, creation_time) values"
     " ('registered', 1, 'finished', 1), ('registered', 2, 'finished', 2)"), ()),
    (("insert into datasets values ('u1', 1, 'emotions', 'd', 's', 's', null, null),"
     " ('u2', 1, 'tickets', 'd', 's', 's', null, null)"), ()),
    (("insert into inputs (input_uuid, source_type, source_id, destination_type, destination_id)"
     " values ('i1', 'DATASET', 'u2', 'RUN', 'finished'),"
     " ('i2', 'DATASET', 'u1', 'RUN', 'finished')"), ()),
]  # fmt: skip


def store(*further: str) -> bytes:
    """The bytes of a store with one run of every fate."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        for statement, values in STATEMENTS:
            connection.execute(statement, values)
        for statement in further:
            connection.execute(statement)
        connection.commit()
        return bytes(connection.serialize())


STORE = store()


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def test_every_run_that_ended_is_a_row_and_a_deleted_one_is_not(loader: Loader) -> None:
    loader.deliver(PATH, STORE)
    loader.load()
    assert loader.file(PATH)["format"] == "mlflow_store"
    assert loader.ask(
        "select run_id, model, version, kind, status, gpu_pool, gpu_hours, cost, currency,"
        " dataset_ids from raw.training_runs order by run_id"
    ) == [
        ("failed", "atlas-chat", "2026-09", "experiment", "failed", None, 1.5, None, None, None),
        ("finished", "registered", "2", "fine_tune", "finished", "training", 240.0,
         Decimal("480.10"), "USD", "emotions,tickets"),
        ("killed", "atlas", None, "train", "killed", None, None, None, None, None),
    ]  # fmt: skip


def test_times_are_utc_to_the_millisecond(loader: Loader) -> None:
    loader.deliver(PATH, STORE)
    loader.load()
    assert loader.ask("select distinct started_at, ended_at from raw.training_runs") == [
        (START, START + timedelta(hours=1))
    ]


def test_the_store_of_the_next_night_brings_the_end_and_takes_the_deleted(loader: Loader) -> None:
    loader.deliver(PATH, STORE)
    loader.load()
    loader.deliver(PATH, store(
        f"update runs set status = 'FINISHED', end_time = {ENDED} where run_uuid = 'running'",
        "update runs set lifecycle_stage = 'deleted' where run_uuid = 'killed'",
    ))  # fmt: skip
    loader.load()
    assert loader.ask("select run_id from raw.training_runs order by all") == [
        ("failed",), ("finished",), ("running",),
    ]  # fmt: skip


def test_a_store_in_write_ahead_mode_is_read(loader: Loader, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(STORE)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("delete from params")
        connection.commit()
    loader.deliver(PATH, path.read_bytes())
    loader.load()
    assert loader.ask("select count(*) from raw.training_runs") == [(3,)]


def test_an_older_store_without_datasets_and_registry_is_read(loader: Loader) -> None:
    names = ("datasets", "inputs", "model_versions", "latest_metrics")
    loader.deliver(PATH, store(*(f"drop table {name}" for name in names)))
    loader.load()
    assert loader.ask("select count(*), count(version) from raw.training_runs") == [(3, 1)]


ENDLESS = (
    "create view runs as with recursive n(i) as (select 1 union all select i + 1 from n)"
    " select * from n"
)


@pytest.mark.parametrize(
    "content",
    [
        STORE[: len(STORE) // 2],
        STORE[:100],
        store("drop table runs"),
        store("drop table runs", ENDLESS),
        store("update runs set start_time = 'soon'"),
        store("update runs set end_time = 9e18"),
        store("update tags set value = x'ff' where key = 'gpu_pool'"),
        store("update tags set value = cast(x'ff' as text) where key = 'gpu_pool'"),
        store("update tags set value = char(0) where key = 'gpu_pool'"),
    ],
    ids=["half", "header", "no runs", "endless", "word", "far future", "bytes", "no UTF-8", "NUL"],
)
def test_a_store_that_cannot_be_read_is_set_aside_and_no_other(
    loader: Loader, content: bytes
) -> None:
    loader.deliver("training_runs/other.db", STORE)
    loader.deliver(PATH, content)
    loader.load()
    file = loader.file(PATH)
    assert (file["status"], file["rule"]) == ("rejected", "mlflow_store")
    assert loader.ask("select count(*) from raw.training_runs") == [(3,)]


def test_a_run_that_ends_before_it_starts_is_set_aside(loader: Loader) -> None:
    loader.deliver(PATH, store("update runs set end_time = 5"))
    loader.load()
    assert loader.file(PATH)["rule"] == "run_in_order"


@settings(deadline=None)
@given(st.integers(0, len(STORE) - 1), st.binary(min_size=1, max_size=16))
def test_wrong_bytes_never_raise(place: int, wrong: bytes) -> None:
    read_document(STORE[:place] + wrong + STORE[place + len(wrong) :])
