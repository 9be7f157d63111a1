"""Many files, strange names, every container and compression."""

from __future__ import annotations

import gzip
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import zstandard
from loading_support import Loader, call, csv_of, new_loader

from pipelines.loading import changes, fast
from pipelines.loading.arrivals import arrival_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import duckdb

    from pipelines.loading.deliveries import Delivery, LoadContext

TINY_FILES = 2000


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


@pytest.mark.fault(49)
def test_two_thousand_tiny_files_take_one_statement(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []

    def counting(
        connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], context: LoadContext
    ) -> None:
        sizes.append(len(chunk))
        fast.load_chunk(connection, chunk, context)

    monkeypatch.setattr("pipelines.loading.reading.load_chunk", counting)
    first = date(2019, 1, 1)
    for number in range(TINY_FILES):
        day = first + timedelta(days=number)
        rates = f"rate_date,currency,rate_to_reporting\n{day},EUR,1.08\n"
        loader.deliver(f"exchange_rates/{day}.csv", rates)
    summary = loader.load()
    assert sizes == [TINY_FILES]
    assert (summary.files_loaded, summary.rows_loaded) == (TINY_FILES, TINY_FILES)


def test_no_more_than_a_few_beginnings_of_files_wait_in_memory(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "FILES_AHEAD", 3)
    looked_at = []
    take = changes.glance_at

    def noting(path: Path) -> object:
        looked_at.append(path)
        return take(path)

    monkeypatch.setattr(changes, "glance_at", noting)
    paths = [loader.deliver(f"inference_logs/{n}.jsonl", call(f"r{n}")) for n in range(10)]
    arrivals = [arrival_of("inference_logs", path.name, path) for path in paths]
    fingerprints = changes.fingerprints_of(arrivals)
    first, _ = next(fingerprints)
    assert len(looked_at) <= 1 + 3
    assert [first, *(arrival for arrival, _ in fingerprints)] == arrivals
    assert len(looked_at) == len(paths)


def test_hundreds_of_files_with_a_bad_line_each_are_read_together(loader: Loader) -> None:
    for number in range(300):
        loader.deliver(f"inference_logs/{number}.jsonl", call(f"r{number}") + "{\n")
    summary = loader.load()
    assert (summary.rows_loaded, summary.rows_quarantined) == (300, 300)


@pytest.mark.parametrize(
    "name",
    ["it's [1].jsonl", "b*.jsonl", "q?.jsonl", "日本 %41.jsonl", 'a"b;--.jsonl', "new\nline.jsonl"],
)
def test_a_name_is_only_a_name(loader: Loader, name: str) -> None:
    loader.deliver(f"inference_logs/{name}", call("mine"))
    for sibling in ("it's 1.jsonl", "bb.jsonl", "qq.jsonl"):
        loader.deliver(f"inference_logs/sub/{sibling}", call(f"sub {sibling}"))
        loader.deliver(f"inference_logs/{sibling}", call(sibling))
    loader.load()
    assert loader.ask(
        "select request_id from raw.inference_logs"
        " join ops.load_files on _file_id = file_id where path = ?",
        f"inference_logs/{name}",
    ) == [("mine",)]
    assert loader.file("inference_logs/bb.jsonl")["rows_loaded"] == 1


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [("", bytes), (".gz", gzip.compress), (".zst", zstandard.compress)],
)
def test_compression_is_told_by_content(
    loader: Loader, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    header = "request_id,started_at,model\n"
    loader.deliver(f"inference_logs/a.jsonl{suffix}", pack(call("r1").encode()))
    loader.deliver("inference_logs/b", pack(call("r2").encode()))
    loader.deliver(
        f"inference_logs/c.csv{suffix}", pack(f"{header}r3,2026-10-05,own-model\n".encode())
    )
    bad = call("r4") + call("r5", input_tokens="many")
    loader.deliver(f"inference_logs/d.jsonl{suffix}", pack(bad.encode()))
    loader.load()
    assert loader.ask("select request_id from raw.inference_logs order by all") == [
        ("r1",),
        ("r2",),
        ("r3",),
        ("r4",),
    ]


def test_a_file_of_several_gzip_members_is_read_to_its_end(loader: Loader) -> None:
    content = gzip.compress(call("r1").encode()) + gzip.compress(call("r2").encode())
    loader.deliver("inference_logs/a.jsonl.gz", content)
    assert loader.load().rows_loaded == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_found_by_name_in_any_order_case_and_delimiter(
    loader: Loader, delimiter: str
) -> None:
    first = {"Model": "own-model", "REQUEST_ID": "r1", "started_at": "2026-10-05", "note": "x"}
    second = {"started_at": "2026-10-06", "request_id": "r2", "model": "other"}
    loader.deliver("inference_logs/a.csv", csv_of(first, delimiter=delimiter))
    loader.deliver("inference_logs/b.csv", csv_of(second, delimiter=delimiter))
    loader.load()
    assert loader.ask("select request_id, model from raw.inference_logs order by all") == [
        ("r1", "own-model"),
        ("r2", "other"),
    ]
    assert loader.file("inference_logs/a.csv")["unknown_columns"] == "note"


def test_parquet_with_its_own_types_is_read(loader: Loader, tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    loader.connection.execute(
        "copy (select 'r1' as request_id, timestamptz '2026-10-05 10:00:00+02' as started_at,"
        " 'm' as model, 7::integer as input_tokens, 0.25::decimal(9, 4) as reported_cost,"
        " timestamp '2026-10-05 09:00:00' as ended_at) to ?",
        [str(path)],
    )
    loader.deliver("inference_logs/calls.parquet", path.read_bytes())
    loader.load()
    assert loader.ask(
        "select cast(started_at as varchar), cast(ended_at as varchar), input_tokens,"
        " cast(reported_cost as varchar) from raw.inference_logs"
    ) == [("2026-10-05 08:00:00", "2026-10-05 09:00:00", 7, "0.250000000000")]
