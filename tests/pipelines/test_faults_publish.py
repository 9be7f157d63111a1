"""A publication that is killed or fails: readers have the old file or the new one, whole."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import RunFailedError
from pipelines.fault_points import SWITCH
from pipelines.publishing.history import versions
from pipelines.publishing.publish import publish
from pipelines.run_log import TABLES, begin_run, end_run
from pipelines.settings import Settings
from pipelines.warehouse import connect

REPOSITORY = Path(__file__).resolve().parents[2]
PUBLISHED = ("marts.numbers", "ops.runs", "ops.run_stages", "ops.reported_values")
PUBLISH = """
import sys
from datetime import date
from pathlib import Path
from pipelines.publishing.publish import publish
from pipelines.settings import Settings
home = Path(sys.argv[1])
publish(Settings(home=home, landing=home, as_of=date(2026, 1, 1)), sys.argv[2])
"""
POINTS = [
    "publish: copied marts.numbers",
    "publish: draft written",
    "publish: draft verified",
    "publish: file replaced",
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with one published version, whose number is 1."""
    settings = Settings(home=tmp_path, landing=tmp_path, as_of=date(2026, 1, 1), kept_versions=3)
    write_manifest(settings)
    publish(settings, build(settings, 1))
    return settings


def write_manifest(settings: Settings) -> None:
    """Descriptions of everything published here."""
    nodes = {}
    for table in PUBLISHED:
        schema, name = table.split(".")
        nodes[table] = {
            "resource_type": "model", "schema": schema, "name": name, "description": name,
            "columns": {},
        }  # fmt: skip
    path = settings.logs_dir / "dbt" / "manifest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"nodes": nodes, "sources": {}}))


def build(settings: Settings, number: int) -> str:
    """A run whose mart holds a hundred thousand times this number."""
    with connect(settings) as connection:
        connection.execute(TABLES)
        run_id = begin_run(connection, as_of=settings.as_of, project_fingerprint="f")
        connection.execute("create schema if not exists marts")
        connection.execute(
            "create or replace table marts.numbers as"
            f" select {number} as number, md5(cast(range as varchar)) as noise from range(100000)"
        )
    return run_id


def seen(settings: Settings) -> list[tuple[int, int]]:
    """Number and rows as a reader finds them."""
    with duckdb.connect(str(settings.published_file), read_only=True) as reader:
        return reader.execute("select number, count(*) from marts.numbers group by all").fetchall()


def publish_in_a_process(
    settings: Settings, run_id: str, *, limit: int | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Publish as a process of its own, which may be killed or write no more than `limit` bytes."""

    def restrict() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-c", PUBLISH, str(settings.home), run_id],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        preexec_fn=restrict,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.fault(2, 3, 60)
@pytest.mark.parametrize("point", POINTS)
def test_a_publication_killed_anywhere_leaves_a_whole_file(settings: Settings, point: str) -> None:
    process = publish_in_a_process(settings, build(settings, 2), **{SWITCH: point})
    assert process.returncode == -signal.SIGKILL, process.stderr
    is_new = point == "publish: file replaced"
    assert seen(settings) == [(2 if is_new else 1, 100_000)]
    publish(settings, build(settings, 3))
    assert seen(settings) == [(3, 100_000)]
    # the killed publication counts as a version exactly when readers could see it
    assert len(versions(settings)) == (3 if is_new else 2)
    names = {path.name for path in settings.published_file.parent.iterdir()}
    assert names == {"unit_economics.duckdb", "history"}


@pytest.mark.fault(4, 5)
def test_a_full_disk_leaves_the_old_file_and_no_litter(settings: Settings) -> None:
    run_id = build(settings, 2)
    process = publish_in_a_process(settings, run_id, limit=1 << 20)
    assert process.returncode != 0
    assert seen(settings) == [(1, 100_000)]
    assert not list(settings.published_file.parent.glob(".*"))
    publish(settings, run_id)
    assert seen(settings) == [(2, 100_000)]


@pytest.mark.fault(45)
def test_a_log_left_beside_the_draft_stops_the_publication(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave_a_log(place: str) -> None:
        if place == "publish: draft written":
            draft = settings.published_file.with_name(".unit_economics.duckdb.part.wal")
            draft.write_bytes(b"rows that the file lacks")

    monkeypatch.setattr("pipelines.publishing.publish.reached", leave_a_log)
    with pytest.raises(RunFailedError, match="complete in itself"):
        publish(settings, build(settings, 2))
    assert seen(settings) == [(1, 100_000)]


@pytest.mark.fault(44)
def test_a_reader_keeps_what_it_opened_while_the_file_is_replaced(settings: Settings) -> None:
    with duckdb.connect(str(settings.published_file), read_only=True) as reader:
        process = publish_in_a_process(settings, build(settings, 2))
        assert process.returncode == 0, process.stderr
        assert reader.execute("select min(number) from marts.numbers").fetchall() == [(1,)]
    assert seen(settings) == [(2, 100_000)]


@pytest.mark.fault(20)
def test_the_newest_run_is_told_by_its_number_when_the_clock_goes_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines import run_log  # noqa: PLC0415 - patched below

    past = run_log.now().replace(year=2020)
    monkeypatch.setattr(run_log, "now", lambda: past)
    run_id = build(settings, 2)
    publish(settings, run_id)
    assert run_id < "2021"
    assert next(version.run_id for version in versions(settings)) == run_id
    with connect(settings) as connection:
        end_run(connection, run_id, status="published", exit_code=0, message="")
        connection.execute(
            "update ops.runs set project_fingerprint = 'g' where run_id = ?", [run_id]
        )
        assert run_log.last_published(connection) == ("g", settings.as_of)
