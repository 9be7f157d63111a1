"""Large gzip files of JSON lines: read in one pass, and refused when that pass shows damage."""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import duckdb
import pytest
from loading_support import Loader, call, new_loader

from pipelines.loading import inflating, reading
from pipelines.loading.compression import BrokenCompressionError
from pipelines.loading.fingerprints import HEAD_BYTES, glance_at, take_fingerprint
from pipelines.loading.inflating import Content, inflated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.loading.deliveries import Delivery, LoadContext

WORDS = "words of a user, " * 60
CALLS = 1500


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def hour(name: str, calls: int = CALLS) -> bytes:
    """More than the beginning that is looked at before a file is read."""
    content = "".join(
        call(f"{name}-{number}", session_id=WORDS) for number in range(calls)
    ).encode()
    assert len(content) > HEAD_BYTES
    return content


def packed(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=1, mtime=0)


def flipped(content: bytes) -> bytes:
    """The checksum is another; the data inflate as before."""
    damaged = bytearray(packed(content))
    damaged[-6] ^= 0xFF
    return bytes(damaged)


def too_short(content: bytes) -> bytes:
    """The end mark announces a byte less than there is."""
    length = (len(content) - 1).to_bytes(4, "little")
    return packed(content)[:-4] + length


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For every statement that was tried, whether its files had been surveyed before."""
    tried: list[bool] = []
    load_chunk = reading.load_chunk

    def noting(
        connection: duckdb.DuckDBPyConnection, chunk: Sequence[Delivery], context: LoadContext
    ) -> None:
        tried.append(chunk[0].is_surveyed)
        load_chunk(connection, chunk, context)

    monkeypatch.setattr(reading, "load_chunk", noting)
    return tried


def test_a_large_file_has_the_rows_it_has_uncompressed(
    loader: Loader, statements: list[bool], tmp_path: Path
) -> None:
    loader.deliver("inference_logs/a.jsonl.gz", packed(hour("a")))
    loader.deliver("inference_logs/b.jsonl.gz", packed(hour("b")))
    loader.load()
    assert statements == [False]
    (tmp_path / "plain").mkdir()
    plain = new_loader(tmp_path / "plain")
    plain.deliver("inference_logs/a.jsonl", hour("a"))
    plain.deliver("inference_logs/b.jsonl", hour("b"))
    plain.load()
    query = "select * exclude (_file_id) from raw.inference_logs order by request_id"
    assert loader.ask(query) == plain.ask(query)
    assert loader.file("inference_logs/b.jsonl.gz")["rows_loaded"] == CALLS


def test_a_file_of_several_buffers_is_read_by_several_threads(
    loader: Loader, statements: list[bool]
) -> None:
    loader.connection.execute("set threads = 4")
    calls = 60_000
    loader.deliver("inference_logs/long.jsonl.gz", packed(hour("long", calls)))
    loader.load()
    assert statements == [False]
    [found] = loader.ask("select count(*), count(distinct request_id) from raw.inference_logs")
    assert found == (calls, calls)


@pytest.mark.fault(8, 9, 33)
@pytest.mark.parametrize(
    ("damaged", "rule"),
    [
        (flipped(hour("bad")), "whole_compressed_file"),
        (too_short(hour("bad")), "whole_compressed_file"),
        (packed(hour("bad"))[:-10], "whole_compressed_file"),
        (packed(hour("bad"))[:-9000], "whole_compressed_file"),
        (packed(hour("bad")) + b"garbage", "whole_compressed_file"),
        (packed(hour("bad") + b"\0" * 100), "no_nul_bytes"),
    ],
)
def test_a_damaged_large_file_is_refused_whole_and_its_neighbours_are_loaded(
    loader: Loader, damaged: bytes, rule: str
) -> None:
    loader.deliver("inference_logs/a.jsonl.gz", packed(hour("a")))
    loader.deliver("inference_logs/bad.jsonl.gz", damaged)
    loader.deliver("inference_logs/c.jsonl.gz", packed(hour("c")))
    summary = loader.load()
    file = loader.file("inference_logs/bad.jsonl.gz")
    assert (file["status"], file["rule"]) == ("rejected", rule)
    assert loader.quarantined("inference_logs/bad.jsonl.gz") == [(None, rule)]
    assert [message.rule for message in summary.messages] == [rule]
    assert (summary.files_rejected, summary.rows_loaded) == (1, 2 * CALLS)
    assert loader.load().files_read == 0


def test_a_file_of_several_members_is_loaded_whole(loader: Loader, statements: list[bool]) -> None:
    loader.deliver("inference_logs/two.jsonl.gz", packed(hour("a")) + packed(hour("b")))
    assert loader.load().rows_loaded == 2 * CALLS
    # the end mark speaks of the last member alone
    assert statements == [False, True]


def test_a_bad_line_of_a_large_file_is_set_aside_alone(loader: Loader) -> None:
    content = hour("a") + b'{"request_id": \n' + hour("b")
    loader.deliver("inference_logs/a.jsonl.gz", packed(content))
    assert loader.load().rows_loaded == 2 * CALLS
    assert loader.quarantined("inference_logs/a.jsonl.gz") == [(CALLS + 1, "json_object_per_line")]


@pytest.mark.parametrize(
    "stored",
    [
        hour("a"),
        packed(hour("a")[: HEAD_BYTES - 1]),
        packed(b"request_id,started_at,model\n" + b"r,2026-10-05,a\n" * 100_000),
        packed(b"{\n" + hour("a")),
        packed(b"\xef\xbb\xbf" + hour("a")),
        packed(hour("a"))[:-4] + b"\xff" * 4,
    ],
    ids=["not compressed", "small", "no JSON", "a document", "byte order mark", "announces 4 GiB"],
)
def test_whatever_is_no_large_gzip_file_of_json_lines_is_surveyed_at_once(
    tmp_path: Path, stored: bytes
) -> None:
    path = tmp_path / "file"
    path.write_bytes(stored)
    assert glance_at(path) == take_fingerprint(path)


def test_of_a_large_gzip_file_of_json_lines_the_beginning_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(packed(hour("a")))
    seen, surveyed = glance_at(path), take_fingerprint(path)
    assert (seen.is_surveyed, surveyed.is_surveyed) == (False, True)
    assert (seen.sha256, seen.head) == (surveyed.sha256, surveyed.head)


def content_of(folder: Path, text: bytes) -> Content:
    path = folder / "content.gz"
    path.write_bytes(packed(text))
    return Content(path)


def test_parts_that_are_asked_for_out_of_order_are_read_in_order(tmp_path: Path) -> None:
    text = bytes(range(1, 256)) * 4096
    content = content_of(tmp_path, text)
    size = len(text) // 15
    places = range(0, len(text), size)
    with ThreadPoolExecutor(len(places)) as pool:
        late_first = [pool.submit(content.read, place, size) for place in reversed(places)]
    parts = [part.result() for part in reversed(late_first)]
    assert b"".join(parts) == text
    content.finish()


def test_nobody_waits_for_a_part_that_cannot_be_read(tmp_path: Path) -> None:
    content = content_of(tmp_path, b"x" * 100)
    heard: list[BaseException] = []

    def wait() -> None:
        with pytest.raises(BrokenCompressionError) as caught:
            content.read(200, 10)
        heard.append(caught.value)

    waiting = threading.Thread(target=wait)
    waiting.start()
    with pytest.raises(BrokenCompressionError, match="less than its end mark announces"):
        content.read(0, 200)
    waiting.join(timeout=10)
    assert "another part" in str(heard[0])


def test_a_part_that_nobody_comes_for_ends_the_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inflating, "PATIENCE_SECONDS", 0.01)
    content = content_of(tmp_path, b"x" * 100)
    with pytest.raises(BrokenCompressionError, match="not read in their order"):
        content.read(50, 50)


def test_what_was_not_read_to_its_end_is_not_sound(tmp_path: Path) -> None:
    path = tmp_path / "content.gz"
    path.write_bytes(packed(b"x" * 100))
    with pytest.raises(BrokenCompressionError), inflated(duckdb.connect(), [path]):
        pass
