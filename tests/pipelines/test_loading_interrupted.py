"""Loads that were broken off, begun again, or done anew: the result is that of one quiet load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from loading_support import Loader, call, new_loader

from pipelines.errors import UsageError
from pipelines.loading import fast

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from pipelines.loading.deliveries import Delivery, LoadContext


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def tokens(loader: Loader) -> list[tuple[str, int]]:
    return loader.ask("select request_id, input_tokens from raw.inference_logs order by all")


def statuses(loader: Loader) -> list[tuple[str, str]]:
    return loader.ask("select path, status from ops.load_files order by file_id")


def pending(loader: Loader) -> list[str]:
    days = [str(day) for (day,) in loader.ask("select event_date from ops.pending_days order by 1")]
    loader.ask("delete from ops.pending_days")
    return days


def test_a_load_that_broke_off_before_settling_is_made_good(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1", input_tokens=1))
    loader.load()
    pending(loader)
    loader.deliver("inference_logs/b.jsonl", call("r1", input_tokens=2))

    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.loading.load.settle", break_off)
    with pytest.raises(KeyboardInterrupt):
        loader.load()
    monkeypatch.undo()
    loader.load()
    assert tokens(loader) == [("r1", 2)]
    assert pending(loader) == ["2026-10-05"]


def test_a_load_begun_again_gives_each_key_to_the_same_file(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = "request_id,started_at,model,input_tokens\n"
    loader.deliver("inference_logs/1.jsonl", call("r1", input_tokens=1))
    loader.deliver("inference_logs/2.csv", f"{header}r1,2026-10-05,own-model,2\n")
    loader.deliver("inference_logs/3.jsonl", call("r1", input_tokens=3))

    def read_lines_only(
        connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], context: LoadContext
    ) -> None:
        if chunk[0].sample.container == "csv":
            raise KeyboardInterrupt
        fast.load_chunk(connection, chunk, context)

    monkeypatch.setattr("pipelines.loading.reading.load_chunk", read_lines_only)
    with pytest.raises(KeyboardInterrupt):
        loader.load()
    monkeypatch.undo()
    loader.load()
    assert loader.file("inference_logs/2.csv")["file_id"] > 3
    assert tokens(loader) == [("r1", 3)]


def test_hashes_made_by_another_duckdb_are_made_anew(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1", input_tokens=1))
    loader.load()
    loader.ask("update raw.inference_logs set _key_hash = 42")
    loader.deliver("inference_logs/b.jsonl", call("r1", input_tokens=2))
    loader.load()
    assert tokens(loader) == [("r1", 2)]


def test_a_full_refresh_loads_the_landing_anew(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1"))
    loader.load()
    loader.ask("alter table raw.inference_logs drop column user_id")
    summary = loader.load_anew()
    assert (summary.rows_loaded, len(statuses(loader))) == (1, 1)


def test_a_full_refresh_without_a_loaded_file_loses_nothing(loader: Loader) -> None:
    first = loader.deliver("inference_logs/a.jsonl", call("r1"))
    loader.deliver("inference_logs/b.jsonl", call("r2"))
    loader.load()
    first.unlink()
    with pytest.raises(UsageError, match=r"1 loaded files are gone: inference_logs/a\.jsonl"):
        loader.load_anew()
    assert tokens(loader) == [("r1", 100), ("r2", 100)]
