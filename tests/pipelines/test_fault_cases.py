"""Single bad values and odd moments: each ends where docs/reliability.md says it ends."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import duckdb
import pytest
from loading_support import FEEDS, Loader, call, new_loader

from pipelines import preflight
from pipelines.console import Console
from pipelines.errors import RunFailedError
from pipelines.loading import listing
from pipelines.loading.listing import list_landing
from pipelines.preflight import demand_room
from pipelines.query_command import csv_text
from pipelines.settings import resolve_settings

if TYPE_CHECKING:
    import os
    from pathlib import Path

CALLS = "inference_logs/calls.jsonl"
MEBIBYTE = 1 << 20


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


@pytest.mark.fault(34, 36, 38)
@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"input_tokens": 10**19}, "right_type"),
        ({"reported_cost": "\u22122.00"}, "right_type"),
        ({"reported_cost": "Infinity"}, "right_type"),
        ({"reported_cost": "1.234,56"}, "right_type"),
    ],
)
def test_a_number_that_is_none_is_quarantined(
    loader: Loader, changes: dict[str, object], rule: str
) -> None:
    loader.deliver(CALLS, call("r1") + call("r2", **changes))
    loader.load()
    assert loader.quarantined(CALLS) == [(2, rule)]


@pytest.mark.fault(21, 22, 57)
@pytest.mark.parametrize(
    ("written", "stored"),
    [
        # New York: 02:30 does not exist on 8 March, and 01:30 comes twice on 1 November
        ("2026-03-08T01:59:59-05:00", "2026-03-08 06:59:59"),
        ("2026-03-08T03:00:00-04:00", "2026-03-08 07:00:00"),
        ("2025-11-02T01:30:00-04:00", "2025-11-02 05:30:00"),
        ("2025-11-02T01:30:00-05:00", "2025-11-02 06:30:00"),
        ("2024-02-29T23:59:59Z", "2024-02-29 23:59:59"),
        ("2024-12-31T20:00:00-08:00", "2025-01-01 04:00:00"),
    ],
)
def test_local_clock_changes_leap_days_and_year_ends_are_utc(
    loader: Loader, written: str, stored: str
) -> None:
    loader.deliver(CALLS, call("r1", started_at=written))
    loader.load()
    found = loader.ask("select cast(started_at as varchar) from raw.inference_logs")
    assert found == [(stored,)]


@pytest.mark.fault(19)
def test_a_call_from_the_future_is_quarantined(loader: Loader) -> None:
    loader.deliver(CALLS, call("r1") + call("r2", started_at="2999-01-01T00:00:00Z"))
    loader.load()
    assert loader.quarantined(CALLS) == [(2, "time_out_of_range")]


@pytest.mark.fault(53)
def test_a_line_nested_too_deeply_does_not_stop_the_file(loader: Loader) -> None:
    deep = "[" * 5000 + "]" * 5000
    nested = call("r2").rstrip("}\n") + f', "extra": {deep}}}\n'
    loader.deliver(CALLS, call("r1") + nested + call("r3"))
    loader.load()
    assert {("r1",), ("r3",)} <= set(loader.ask("select request_id from raw.inference_logs"))


@pytest.mark.fault(54)
def test_a_line_of_seventeen_megabytes_ends_in_one_place(loader: Loader) -> None:
    long = json.dumps({**json.loads(call("r2")), "prompt": "x" * (17 * MEBIBYTE)}) + "\n"
    loader.deliver(CALLS, call("r1") + long)
    loader.deliver("inference_logs/other.jsonl", call("r3"))
    loader.load()
    file = loader.file(CALLS)
    assert file["status"] in ("loaded", "rejected")
    assert file["status"] == "loaded" or file["rule"] == "lines_of_bearable_length"
    assert ("r3",) in loader.ask("select request_id from raw.inference_logs")


@pytest.mark.fault(17)
def test_one_call_twice_in_one_file_keeps_the_later_and_both_are_accounted_for(
    loader: Loader,
) -> None:
    late = call("r1", input_tokens=2, started_at="2026-10-05T11:00:00Z")
    loader.deliver(CALLS, late + call("r1", input_tokens=1))
    loader.load()
    assert loader.ask("select input_tokens from raw.inference_logs") == [(2,)]
    file = loader.file(CALLS)
    assert (file["rows_read"], file["rows_loaded"], file["rows_duplicate"]) == (2, 1, 1)


@pytest.mark.fault(52)
@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1+1", "@SUM(A1)", "\t=1", " =1"])
def test_a_formula_is_text_in_every_csv_we_write(text: str) -> None:
    [[name], [written], [number]] = csv.reader(io.StringIO(csv_text([text], [(text,), (-5,)])))
    assert name == written == f"'{text}"
    assert number == "-5"


@pytest.mark.fault(4)
def test_a_run_does_not_begin_without_room_for_three_times_its_new_files(
    loader: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = resolve_settings(home=str(tmp_path), landing=str(loader.landing))
    size = loader.deliver(CALLS, call("r1") * 100).stat().st_size
    with duckdb.connect() as connection:
        _free(monkeypatch, 3 * size - 1)
        found = list_landing(loader.landing, FEEDS)
        with pytest.raises(RunFailedError, match="room for 3 times") as error:
            demand_room(settings, connection, found)
        assert "MiB free" in error.value.where
        _free(monkeypatch, 3 * size)
        demand_room(settings, connection, found)
    _free(monkeypatch, 0)
    loader.load()
    # what the ledger knows is no longer to come
    demand_room(settings, loader.connection, found)


@pytest.mark.fault(56)
def test_a_file_that_vanishes_while_room_is_counted_needs_none(
    loader: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = resolve_settings(home=str(tmp_path), landing=str(loader.landing))
    gone = loader.deliver(CALLS, call("r1") * 100)
    listed = listing.walk

    def vanish_and_list(folder: Path, relative: str) -> list[tuple[str, os.DirEntry[str]]]:
        entries = list(listed(folder, relative))
        gone.unlink(missing_ok=True)
        return entries

    monkeypatch.setattr(listing, "walk", vanish_and_list)
    _free(monkeypatch, 0)
    with duckdb.connect() as connection:
        demand_room(settings, connection, list_landing(loader.landing, FEEDS))


def _free(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda _: usage)


def test_a_console_writes_csv_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    Console().write("a,b\n[red],1\n")
    assert capsys.readouterr().out == "a,b\n[red],1\n"
