"""A load that is killed anywhere, or meets files at a bad moment, ends like an undisturbed one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from loading_support import AS_OF, FEEDS, REPOSITORY, Loader, call, new_loader

from pipelines.fault_points import SWITCH
from pipelines.loading import changes, listing
from pipelines.loading.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOAD = """
import sys
from pathlib import Path
import duckdb
from loading_support import AS_OF, FEEDS
from pipelines.loading.load import load
with duckdb.connect(sys.argv[2]) as connection:
    connection.execute("set TimeZone = 'UTC'")
    load(connection, landing=Path(sys.argv[1]), feeds=FEEDS, run_id="killed", as_of=AS_OF)
"""
POINTS = ["load: in transaction", "load: chunk read", "load: before settling", "load: settling"]
HEADER = "request_id,started_at,model,input_tokens\n"
ROWS = "select * exclude (_file_id) from raw.inference_logs order by all"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    """A landing of two shapes in which later files correct earlier ones."""
    loader = new_loader(tmp_path)
    loader.deliver("inference_logs/1.jsonl", call("a", input_tokens=1) + call("b"))
    loader.deliver("inference_logs/2.csv", f"{HEADER}a,2026-10-05,own-model,2\n")
    loader.deliver("inference_logs/3.jsonl", call("b", input_tokens=3) + "{half\n")
    return loader


def load_in_a_process(loader: Loader, warehouse: Path, **environment: str) -> int:
    """Load as a process of its own; its exit code, negative for the signal that killed it."""
    paths = os.pathsep.join([str(REPOSITORY / "tests"), str(REPOSITORY)])
    return subprocess.run(
        [sys.executable, "-c", LOAD, str(loader.landing), str(warehouse)],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        check=False,
    ).returncode


def rows_in(warehouse: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse)) as connection:
        return connection.execute(ROWS).fetchall()


@pytest.mark.fault(2, 60)
@pytest.mark.parametrize("point", POINTS)
def test_a_load_killed_anywhere_and_begun_again_ends_the_same(
    loader: Loader, tmp_path: Path, point: str
) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    assert load_in_a_process(loader, warehouse, **{SWITCH: point}) == -signal.SIGKILL
    assert load_in_a_process(loader, warehouse) == 0
    loader.load()
    assert rows_in(warehouse) == loader.ask(ROWS)
    assert load_in_a_process(loader, warehouse, **{SWITCH: "load: chunk read"}) == 0


@pytest.mark.fault(1)
def test_a_copy_that_was_broken_off_is_passed_over_until_it_is_renamed(loader: Loader) -> None:
    part = loader.deliver("inference_logs/4.jsonl.part", call("c")[:20])
    loader.load()
    assert loader.ask("select count(*) from raw.inference_logs where request_id = 'c'") == [(0,)]
    part.unlink()
    loader.deliver("inference_logs/4.jsonl", call("c"))
    assert loader.load().rows_loaded == 1


@pytest.mark.fault(6, 15)
def test_a_delivery_cut_short_and_then_completed_ends_whole(loader: Loader) -> None:
    whole = "".join(call(f"n{number}") for number in range(20))
    loader.deliver("inference_logs/5.jsonl", whole[: len(whole) // 2 + 7])
    loader.load()
    assert loader.file("inference_logs/5.jsonl")["rows_quarantined"] == 1
    loader.deliver("inference_logs/5.jsonl", whole)
    loader.load()
    assert loader.file("inference_logs/5.jsonl")["rows_loaded"] == 20
    names = "select count(*) from raw.inference_logs where request_id like 'n%'"
    assert loader.ask(names) == [(20,)]


@pytest.mark.fault(7)
def test_a_file_cut_at_a_line_end_is_noticed_by_its_checksum(loader: Loader) -> None:
    loader.deliver("inference_logs/6.jsonl", call("x"))
    loader.deliver("inference_logs/6.jsonl.sha256", "0" * 64)
    loader.load()
    assert loader.file("inference_logs/6.jsonl")["rule"] == "checksum_matches"


@pytest.mark.fault(46)
def test_a_file_that_may_not_be_read_is_left_for_the_next_run(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = loader.deliver("inference_logs/7.jsonl", call("y"))
    take = changes.glance_at

    def refuse(location: Path) -> object:
        if location == path:
            # root may read everything, so that no file refuses it
            raise PermissionError(13, "Permission denied")
        return take(location)

    monkeypatch.setattr(changes, "glance_at", refuse)
    summary = loader.load()
    assert [message.rule for message in summary.messages if "7.jsonl" in message.path] == [
        "readable_file"
    ]
    monkeypatch.undo()
    assert loader.load().rows_loaded == 1


@pytest.mark.fault(56)
def test_a_file_that_vanishes_between_listing_and_reading_is_told(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = loader.deliver("inference_logs/8.jsonl", call("z"))
    take = changes.glance_at

    def vanish_and_take(location: Path) -> object:
        if location == path:
            path.unlink()
        return take(location)

    monkeypatch.setattr(changes, "glance_at", vanish_and_take)
    summary = loader.load()
    told = [message for message in summary.messages if message.path == "inference_logs/8.jsonl"]
    assert [message.status for message in told] == ["left for the next run"]
    assert loader.ask("select count(*) from raw.inference_logs where request_id = 'z'") == [(0,)]


@pytest.mark.fault(56)
def test_a_file_that_vanishes_while_files_are_listed_is_told(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = loader.deliver("inference_logs/9.jsonl", call("v"))
    loader.deliver("inference_logs/10.jsonl", call("w"))
    listed = listing.walk

    def vanish_and_list(folder: Path, relative: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
        entries = list(listed(folder, relative))
        if relative == gone.parent.name:
            gone.unlink()
        return iter(entries)

    monkeypatch.setattr(listing, "walk", vanish_and_list)
    summary = loader.load()
    told = [message for message in summary.messages if message.path == "inference_logs/9.jsonl"]
    assert [message.status for message in told] == ["left for the next run"]
    known = "select count(*) from raw.inference_logs where request_id = '{}'"
    assert [loader.ask(known.format(name)) for name in "vw"] == [[(0,)], [(1,)]]


@pytest.mark.fault(20)
def test_deliveries_keep_their_order_when_the_clock_goes_back(loader: Loader) -> None:
    loader.load()
    before = loader.deliver("inference_logs/9.jsonl", call("a", input_tokens=9))
    os.utime(before, (1_000_000_000, 1_000_000_000))
    loader.load()
    tokens = "select input_tokens from raw.inference_logs where request_id = 'a'"
    assert loader.ask(tokens) == [(9,)]


@pytest.mark.fault(58)
def test_a_load_beyond_its_memory_spills_to_the_disk(loader: Loader, tmp_path: Path) -> None:
    loader.connection.execute(
        "copy (select 'm' || range as request_id, timestamp '2026-10-05' as started_at,"
        " 'own-model' as model, md5(cast(range as varchar)) as user_id from range(400_000)) to ?",
        [str(loader.deliver("inference_logs/m.parquet", b""))],
    )
    with duckdb.connect(str(tmp_path / "small.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set memory_limit = '160MB'")
        connection.execute("set threads = 1")
        feeds = {name: replace(feed) for name, feed in FEEDS.items()}
        load(connection, landing=loader.landing, feeds=feeds, run_id="small", as_of=AS_OF)
        query = "select count(*) from raw.inference_logs where request_id like 'm%'"
        assert connection.execute(query).fetchall() == [(400_000,)]
