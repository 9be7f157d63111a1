"""Published versions are kept, compared and published again; the last ones only."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pytest
from rich.console import Console as RichConsole

from pipelines.console import Console
from pipelines.diff_command import show_diff
from pipelines.errors import AnotherRunError, UsageError
from pipelines.locking import only_run
from pipelines.publishing.history import versions
from pipelines.publishing.memory import recall
from pipelines.publishing.publish import publish
from pipelines.run_log import TABLES, begin_run
from pipelines.settings import Settings
from pipelines.versions_command import roll_back, show_history
from pipelines.warehouse import connect

if TYPE_CHECKING:
    from pathlib import Path

TABLES_PUBLISHED = ("marts.scorecard", "ops.runs", "ops.run_stages", "ops.reported_values")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home in which three values of one metric were published, one after another."""
    settings = Settings(home=tmp_path, landing=tmp_path, as_of=date(2026, 4, 2), kept_versions=3)
    nodes = {
        table: {
            "resource_type": "model", "schema": table.split(".")[0], "columns": {},
            "name": table.split(".")[1], "description": table,
        }
        for table in TABLES_PUBLISHED
    }  # fmt: skip
    path = settings.logs_dir / "dbt" / "manifest.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"nodes": nodes, "sources": {}}))
    for value in (100, 90, 80):
        publish_value(settings, value)
    return settings


def publish_value(settings: Settings, value: float) -> str:
    """A run that publishes a scorecard of one value."""
    with connect(settings) as connection:
        connection.execute(TABLES)
        recall(connection, settings.published_file)
        run_id = begin_run(connection, as_of=settings.as_of, project_fingerprint="f")
        connection.execute("create schema if not exists marts")
        connection.execute(
            "create or replace table marts.scorecard as select 'cost' as metric,"
            " date '2026-03-01' as metric_month, date '2026-03-31' as complete_through_date,"
            f" 'usd' as unit, 'ok' as status, {value}::double as value"
        )
    publish(settings, run_id)
    return run_id


def current(settings: Settings) -> float:
    """The value that readers see."""
    with duckdb.connect(str(settings.published_file), read_only=True) as reader:
        return float(reader.execute("select value from marts.scorecard").fetchall()[0][0])


def recorder() -> Console:
    """A console whose words can be read."""
    return Console(
        out=RichConsole(file=io.StringIO(), width=200), err=RichConsole(file=io.StringIO())
    )


def printed(console: Console) -> str:
    assert isinstance(console.out.file, io.StringIO)
    return console.out.file.getvalue()


def test_the_last_versions_are_kept_and_older_ones_go(settings: Settings) -> None:
    first = versions(settings)[-1].run_id
    publish_value(settings, 70)
    kept = [version.run_id for version in versions(settings)]
    assert len(kept) == 3
    assert first not in kept
    console = recorder()
    show_history(settings, console)
    assert printed(console).count("published") == 2  # the heading and the one that is


def test_a_rollback_publishes_the_version_before(settings: Settings) -> None:
    roll_back(settings, recorder(), None)
    assert current(settings) == 90
    roll_back(settings, recorder(), None)
    assert current(settings) == 100
    with pytest.raises(UsageError, match="needs an earlier version"):
        roll_back(settings, recorder(), None)
    names = {path.name for path in settings.published_file.parent.iterdir()}
    assert names == {"unit_economics.duckdb", "history"}


def test_a_rollback_goes_to_the_version_of_a_run_and_back(settings: Settings) -> None:
    newest, _, oldest = (version.run_id for version in versions(settings))
    roll_back(settings, recorder(), oldest)
    assert current(settings) == 100
    roll_back(settings, recorder(), newest)
    assert current(settings) == 80
    with pytest.raises(UsageError, match="fits 3 kept versions"):
        roll_back(settings, recorder(), "2")
    with pytest.raises(UsageError, match="fits 0 kept versions"):
        roll_back(settings, recorder(), "../../elsewhere")


def test_no_rollback_while_a_run_is_at_work(settings: Settings) -> None:
    with only_run(settings.warehouse.parent), pytest.raises(AnotherRunError):
        roll_back(settings, recorder(), None)
    assert current(settings) == 80


def test_a_diff_names_the_numbers_that_moved(settings: Settings) -> None:
    newest, _, oldest = (version.run_id for version in versions(settings))
    console = recorder()
    show_diff(settings, console, oldest, newest)
    words = printed(console)
    for word in ("cost", "2026-03-01", "100.0", "80.0", "-20.0", "marts.scorecard"):
        assert word in words
    console = recorder()
    show_diff(settings, console, oldest, oldest)
    assert "both" in printed(console)


def test_every_value_readers_saw_is_remembered_once(settings: Settings) -> None:
    publish_value(settings, 80)
    with duckdb.connect(str(settings.published_file), read_only=True) as reader:
        rows = reader.execute("select value from ops.reported_values order by run_id").fetchall()
    assert rows == [(100,), (90,), (80,)]


def test_a_lost_warehouse_loses_neither_runs_nor_reported_values(settings: Settings) -> None:
    settings.warehouse.unlink()
    run_id = publish_value(settings, 70)
    assert run_id.endswith("-0004")
    with duckdb.connect(str(settings.published_file), read_only=True) as reader:
        rows = reader.execute("select value from ops.reported_values order by run_id").fetchall()
        runs = reader.execute("select count(*) from ops.runs").fetchall()
    assert rows == [(100,), (90,), (80,), (70,)]
    assert runs == [(4,)]


def test_a_damaged_published_file_does_not_stop_the_next_publication(settings: Settings) -> None:
    settings.published_file.unlink()
    settings.published_file.write_bytes(b"damaged")
    publish_value(settings, 70)
    assert current(settings) == 70


def test_a_run_that_died_after_it_published_is_known_as_published(settings: Settings) -> None:
    with connect(settings) as connection:
        connection.execute("update ops.runs set status = 'running'")
        recall(connection, settings.published_file)
        rows = connection.execute("select distinct status from ops.runs order by all").fetchall()
    assert ("published",) in rows
