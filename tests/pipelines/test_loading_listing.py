"""The landing is listed once; what is new is told by size, time and mapping, not by opening."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from loading_support import FEEDS, Loader, call, new_loader

from pipelines.loading import changes, listing
from pipelines.loading.listing import list_landing

if TYPE_CHECKING:
    from pathlib import Path

STATUSES = "select path, status from ops.load_files order by file_id"
MAPPING = """
columns:
  request_id: id
  started_at: at
  model: {constant: own}
"""


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def opened(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that the next load opens, filled as it goes."""
    names: list[str] = []
    take = changes.glance_at

    def noting(path: Path) -> object:
        names.append(path.relative_to(loader.landing).as_posix())
        return take(path)

    monkeypatch.setattr(changes, "glance_at", noting)
    return names


def test_what_comes_after_the_listing_waits_for_the_next_load(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1"))
    found = list_landing(loader.landing, FEEDS)
    loader.deliver("inference_logs/b.jsonl", call("r2"))
    assert loader.load(listing=found).rows_loaded == 1
    assert loader.load().rows_loaded == 1


def test_a_file_that_changes_after_the_listing_is_left_for_the_next_load(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1"))
    found = list_landing(loader.landing, FEEDS)
    loader.deliver("inference_logs/a.jsonl", call("r1") + call("r2"))
    summary = loader.load(listing=found)
    assert [message.status for message in summary.messages] == ["left for the next run"]
    assert loader.load().rows_loaded == 2


@pytest.mark.parametrize(
    "nanoseconds", [1_790_000_000_123_456_789, 1, -1_999, 4_000_000_000 * 10**9]
)
def test_a_file_with_the_size_and_time_it_had_is_not_opened(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, nanoseconds: int
) -> None:
    path = loader.deliver("inference_logs/a.jsonl", call("r1"))
    os.utime(path, ns=(nanoseconds, nanoseconds))
    assert loader.load().rows_loaded == 1
    names = opened(loader, monkeypatch)
    loader.load()
    assert names == []
    # the ledger keeps microseconds
    os.utime(path, ns=(nanoseconds + 1000, nanoseconds + 1000))
    loader.load()
    assert names == ["inference_logs/a.jsonl"]


def test_only_the_newest_entry_of_a_path_tells_whether_it_changed(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = loader.deliver("inference_logs/a.jsonl", call("r1", input_tokens=1))
    loader.load()
    before = first.stat().st_mtime_ns
    loader.deliver("inference_logs/a.jsonl", call("r1", input_tokens=2))
    loader.load()
    names = opened(loader, monkeypatch)
    loader.load()
    assert names == []
    loader.deliver("inference_logs/a.jsonl", call("r1", input_tokens=1))
    os.utime(first, ns=(before, before))
    loader.load()
    assert names == ["inference_logs/a.jsonl"]


def test_a_copy_is_read_once_the_file_it_repeats_holds_something_else(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1"))
    loader.deliver("inference_logs/b.jsonl", call("r1"))
    loader.load()
    loader.deliver("inference_logs/a.jsonl", call("r2"))
    loader.load()
    assert loader.ask(STATUSES) == [
        ("inference_logs/a.jsonl", "superseded"),
        ("inference_logs/b.jsonl", "identical"),
        ("inference_logs/b.jsonl", "loaded"),
        ("inference_logs/a.jsonl", "loaded"),
    ]
    assert loader.load().files_read == 0


def test_copies_whose_mapping_comes_are_each_looked_at_once(loader: Loader) -> None:
    text = "id,at\nr1,2026-10-01T00:00:00Z\n"
    loader.deliver("inference_logs/deep/a.csv", text)
    loader.deliver("inference_logs/deep/b.csv", text)
    loader.deliver("inference_logs/c.jsonl", call("r2"))
    mapping = loader.deliver("inference_logs/deep/inference_logs.mapping.yml", MAPPING)
    loader.load()
    mapping.write_text(MAPPING.replace("own", "other"))
    loader.load()
    assert loader.ask(STATUSES + " offset 3") == [
        ("inference_logs/deep/a.csv", "loaded"),
        ("inference_logs/deep/b.csv", "identical"),
    ]


def test_a_file_of_yesterday_or_from_the_future_is_no_young_one(loader: Loader) -> None:
    now = datetime(2026, 10, 31, tzinfo=UTC)
    for name, seconds in (("old", -60), ("young", -59), ("soon", 59), ("future", 60)):
        path = loader.deliver(f"inference_logs/{name}.jsonl", call(name))
        moment = (now + timedelta(seconds=seconds)).timestamp()
        os.utime(path, (moment, moment))
    found = list_landing(loader.landing, FEEDS)
    files, messages = listing.settled(found, min_age_seconds=60, now=now)
    assert files["path"].to_list() == ["inference_logs/future.jsonl", "inference_logs/old.jsonl"]
    assert [message.path for message in messages] == [
        "inference_logs/soon.jsonl",
        "inference_logs/young.jsonl",
    ]
