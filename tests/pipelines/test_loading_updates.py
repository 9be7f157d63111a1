"""Rows that say when they were updated: the latest stays, in whatever order they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from loading_support import Loader, call, new_loader

if TYPE_CHECKING:
    from pathlib import Path

MORNING = "2026-10-05T10:00:00Z"
NOON = "2026-10-05T12:00:00Z"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def models(loader: Loader) -> list[tuple[str, str]]:
    return [(key, row["model"]) for key, row in sorted(loader.rows("inference_logs").items())]


def test_an_older_row_that_comes_in_a_later_run_changes_nothing(loader: Loader) -> None:
    loader.deliver("inference_logs/new.jsonl", call(model="new", updated_at=NOON))
    loader.load()
    loader.deliver("inference_logs/old.jsonl", call(model="old", updated_at=MORNING))
    loader.load()
    assert models(loader) == [("r1", "new")]
    assert loader.file("inference_logs/old.jsonl")["rows_duplicate"] == 1


def test_within_a_file_the_update_goes_before_the_end_of_the_call(loader: Loader) -> None:
    ended_last = call(model="old", updated_at=MORNING, ended_at="2026-10-05T11:00:00Z")
    loader.deliver("inference_logs/a.jsonl", call(model="new", updated_at=NOON) + ended_last)
    loader.load()
    assert models(loader) == [("r1", "new")]


def test_of_rows_updated_at_the_same_time_the_newest_delivery_stays(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call(model="first", updated_at=NOON))
    loader.deliver("inference_logs/b.jsonl", call(model="second", updated_at=NOON))
    loader.load()
    assert models(loader) == [("r1", "second")]


@pytest.mark.parametrize("runs", [1, 2])
def test_a_row_that_does_not_say_corrects_those_before_it(loader: Loader, runs: int) -> None:
    loader.deliver("inference_logs/a.jsonl", call(model="first", updated_at=NOON))
    if runs == 2:
        loader.load()
    loader.deliver("inference_logs/b.jsonl", call(model="corrected"))
    loader.load()
    assert models(loader) == [("r1", "corrected")]


def test_when_the_file_that_won_is_corrected_the_older_row_comes_back(loader: Loader) -> None:
    loader.deliver("inference_logs/new.jsonl", call(model="new", updated_at=NOON))
    loader.deliver("inference_logs/old.jsonl", call(model="old", updated_at=MORNING))
    loader.load()
    loader.deliver("inference_logs/new.jsonl", call("r2", model="new", updated_at=NOON))
    loader.load()
    assert models(loader) == [("r1", "old"), ("r2", "new")]
