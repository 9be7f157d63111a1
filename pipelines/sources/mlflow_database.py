"""Reading an MLflow tracking database that comes from outside: in memory, and nothing but tables.

Source: MLflow, `mlflow/store/tracking/dbmodels/models.py` and the registry's; SQLite, "Defense
Against The Dark Arts".
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field

# A database in write-ahead mode cannot be opened from memory; the file alone is whole without it.
WRITE_AHEAD = b"\x02\x02"
ROLLBACK = b"\x01\x01"
MODE_BYTES = slice(18, 20)
# Steps of SQLite's machine: what reads a store of a million runs, and stops what would never end.
STEPS_AT_A_TIME = 1_000_000
MAX_CALLBACKS = 500
LONGEST_VALUE = 1 << 20

RUNS = """
select run_uuid, lower(status), start_time, end_time, experiments.name
from runs
inner join experiments using (experiment_id)
where runs.lifecycle_stage = 'active' and experiments.lifecycle_stage = 'active'
    and status in ('FINISHED', 'FAILED', 'KILLED') and end_time is not null
order by start_time, run_uuid
"""
VERSIONS = """
select run_id, name, version from model_versions
where run_id is not null order by creation_time, version
"""
DATASETS = """
select distinct inputs.destination_id, datasets.name
from inputs
inner join datasets on inputs.source_id = datasets.dataset_uuid
where inputs.source_type = 'DATASET' and inputs.destination_type = 'RUN'
order by 1, 2
"""


@dataclass(frozen=True)
class Run:
    """A run that has ended, with what was noted of it; `versions` are those registered from it."""

    run_id: str
    status: str
    start_ms: int
    end_ms: int
    experiment: str
    tags: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, str] = field(default_factory=dict)
    versions: list[tuple[str, str]] = field(default_factory=list)
    datasets: list[str] = field(default_factory=list)


def ended_runs(content: bytes, names: tuple[str, ...]) -> list[Run]:
    """Every active run that has ended, with its notes of these names.

    Errors: sqlite3.Error and UnicodeDecodeError for a damaged database, or one that is no store.
    """
    if content[MODE_BYTES] == WRITE_AHEAD:
        content = content[: MODE_BYTES.start] + ROLLBACK + content[MODE_BYTES.stop :]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(content)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(LONGEST_VALUE, len(content)))
        connection.execute("pragma query_only = on")
        connection.execute("pragma trusted_schema = off")
        calls = iter(range(MAX_CALLBACKS))
        connection.set_progress_handler(lambda: next(calls, None) is None, STEPS_AT_A_TIME)
        return _runs(connection, names)


def _runs(connection: sqlite3.Connection, names: tuple[str, ...]) -> list[Run]:
    # A view could hold a query without end, and MLflow has none.
    tables = {
        name
        for (name,) in connection.execute("select name from sqlite_master where type = 'table'")
    }
    if not {"runs", "experiments", "tags", "params"} <= tables:
        raise sqlite3.DatabaseError("it has no tables runs, experiments, tags and params")
    runs = {row[0]: Run(*row) for row in connection.execute(RUNS)}
    for table in ("tags", "params", "latest_metrics"):
        if table in tables:
            _note(connection, runs, table, names)
    if "model_versions" in tables:
        for run_id, name, version in connection.execute(VERSIONS):
            if run_id in runs:
                runs[run_id].versions.append((name, str(version)))
    if {"inputs", "datasets"} <= tables:
        for run_id, name in connection.execute(DATASETS):
            if run_id in runs:
                runs[run_id].datasets.append(name)
    return list(runs.values())


def _note(
    connection: sqlite3.Connection, runs: dict[str, Run], table: str, names: tuple[str, ...]
) -> None:
    wanted = ", ".join("?" * len(names))
    query = f"select run_uuid, key, value from {table} where key in ({wanted})"
    place = table.removeprefix("latest_")
    for run_id, key, value in connection.execute(query, names):
        if isinstance(value, bytes):
            raise sqlite3.DataError(f"{key} in {table} is no text")
        if run_id in runs and value is not None:
            getattr(runs[run_id], place)[key] = str(value)
