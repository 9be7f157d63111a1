"""Files that mean harm, or look like it: refused with a reason, and the night goes on."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from loading_support import REPOSITORY, Loader, call, new_loader
from pypdf import PdfWriter

if TYPE_CHECKING:
    from collections.abc import Callable

INVOICES = Path(__file__).resolve().parents[1] / "fixtures" / "invoices"
MEBIBYTE = 1 << 20
GIBIBYTE = 1 << 30
# The process as it starts takes a tenth of this, and a hundred thousand ordinary lines a third.
MEMORY_BYTES = 1 * GIBIBYTE
ADDRESS_SPACE_BYTES = 6 * GIBIBYTE


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def pdf_with(content: bytes) -> bytes:
    """A PDF that carries this as its invoice."""
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.add_attachment("factur-x.xml", content)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.fault(51)
@pytest.mark.parametrize("wrapped", [bytes, pdf_with], ids=["xml", "pdf"])
@pytest.mark.parametrize("name", ["entity_bomb.xml", "external_entity.xml"])
def test_entities_are_refused_before_they_are_looked_at(
    loader: Loader, name: str, wrapped: Callable[[bytes], bytes]
) -> None:
    content = (INVOICES / name).read_bytes()
    loader.deliver("labeling_invoices/bad", wrapped(content))
    loader.deliver("labeling_invoices/good.xml", (INVOICES / "cii_invoice.xml").read_bytes())
    summary = loader.load()
    file = loader.file("labeling_invoices/bad")
    assert (file["status"], file["rule"]) == ("rejected", "xml_doctype_refused")
    assert (summary.files_rejected, summary.files_loaded) == (1, 1)


def gzip_bomb(size: int) -> bytes:
    """Empty lines, compressed a thousand times, without the time it takes to compress them all.

    A flushed block of deflate may follow itself any number of times.
    """
    step = 16 * MEBIBYTE
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(b"\n" * step) + packer.flush(zlib.Z_FULL_FLUSH)
    header = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    end = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    return header + block * (size // step) + end + struct.pack("<II", 0, size % (1 << 32))


def zstandard_bomb(size: int) -> bytes:
    """Empty lines, compressed thirty thousand times."""
    packer = zstandard.ZstdCompressor().compressobj()
    lines = b"\n" * MEBIBYTE
    return b"".join([*(packer.compress(lines) for _ in range(size // MEBIBYTE)), packer.flush()])


@pytest.mark.fault(50)
@pytest.mark.parametrize("bomb", [gzip_bomb, zstandard_bomb])
def test_what_inflates_a_thousand_times_is_refused(
    loader: Loader, bomb: Callable[[int], bytes]
) -> None:
    content = bomb(GIBIBYTE + 128 * MEBIBYTE)
    assert len(content) < 2 * MEBIBYTE
    loader.deliver("inference_logs/bomb", content)
    loader.deliver("inference_logs/good.jsonl", call())
    summary = loader.load()
    file = loader.file("inference_logs/bomb")
    assert (file["status"], file["rule"]) == ("rejected", "plausible_compression")
    assert (summary.files_rejected, summary.rows_loaded) == (1, 1)


LOAD_ALL = f"""
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, ({ADDRESS_SPACE_BYTES}, {ADDRESS_SPACE_BYTES}))
from loading_support import new_loader
landing = Path(sys.argv[1])
loader = new_loader(landing.parent / "own")
loader.landing = landing
loader.load()
file = loader.file("inference_logs/long")
rows = loader.ask("select count(*) from raw.inference_logs where request_id = 'good'")
print(json.dumps({{
    "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "status": file["status"], "remedy": file["remedy"], "good": rows[0][0],
}}))
"""


def loaded_by_itself(landing: Path) -> dict[str, Any]:
    """What a process of its own made of a landing, and the most memory it held."""
    (landing.parent / "own").mkdir()
    process = subprocess.run(
        [sys.executable, "-c", LOAD_ALL, str(landing)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "tests"), "."])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr[-2000:]
    return dict(json.loads(process.stdout))


CALL = '{"request_id": "long", "started_at": "2026-10-05T10:00:00Z", "model": "m", "note": "'


@pytest.mark.parametrize(
    "size",
    [64 * MEBIBYTE, pytest.param(GIBIBYTE, marks=pytest.mark.slow)],
    ids=["64 MiB", "1 GiB"],
)
@pytest.mark.parametrize(
    ("start", "end"),
    [(CALL, '"}\n'), (CALL, ""), ("request_id,started_at,model\nlong,2026-10-05,", "\n")],
    ids=["json", "cut off", "csv"],
)
def test_a_line_without_end_neither_fills_the_memory_nor_stops_the_night(
    tmp_path: Path, start: str, end: str, size: int
) -> None:
    folder = tmp_path / "landing" / "inference_logs"
    folder.mkdir(parents=True)
    (folder / "good.jsonl").write_text(call("good"))
    with (folder / "long").open("w") as stream:
        stream.write(start)
        for _ in range(size // MEBIBYTE):
            stream.write("x" * MEBIBYTE)
        stream.write(end)
    outcome = loaded_by_itself(folder.parent)
    assert outcome["good"] == 1
    assert outcome["status"] == "loaded" or outcome["remedy"]
    assert outcome["peak_bytes"] < MEMORY_BYTES


@pytest.mark.fault(47)
def test_no_link_leads_out_of_the_landing(loader: Loader, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "calls.jsonl").write_text(call("outside"))
    loader.deliver("inference_logs/good.jsonl", call("good"))
    folder = loader.landing / "inference_logs"
    (folder / "file.jsonl").symlink_to(outside / "calls.jsonl")
    (folder / "folder").symlink_to(outside)
    (folder / "up.jsonl").symlink_to("../../outside/calls.jsonl")
    (loader.landing / "customers").symlink_to(outside)
    summary = loader.load()
    assert {message.rule for message in summary.messages} == {"regular_file_in_landing"}
    assert {message.path for message in summary.messages} == {
        "inference_logs/file.jsonl",
        "inference_logs/folder",
        "inference_logs/up.jsonl",
        "customers/calls.jsonl",
    }
    assert loader.ask("select request_id from raw.inference_logs") == [("good",)]


ODD_NAMES = [
    'it\'s "quoted".jsonl',
    "'; drop table raw.inference_logs; --.jsonl",
    "$paths {table} %s ?.jsonl",
    "logs [1] *?.jsonl",
    "**",
    "{a,b}.jsonl",
    "two\nlines.jsonl",
    "tab\there.jsonl",
    "Grüße 模型 🚀.jsonl",
    "back\\slash.jsonl",
    "s3:--bucket.jsonl",
    "-rf",
    " spaces .jsonl ",
    "x" * 240 + ".jsonl",
]


@pytest.mark.fault(48)
@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_is_never_more_than_a_name(loader: Loader, name: str) -> None:
    path = f"inference_logs/{name}"
    loader.deliver("inference_logs/logs 1 ab.jsonl", call("neighbour"))
    loader.deliver(path, call("odd"))
    # a broken line has the file read record by record as well
    loader.deliver(f"inference_logs/more/{name}", call("more") + "{half\n")
    loader.load()
    assert loader.file(path)["rows_loaded"] == 1
    assert loader.quarantined(f"inference_logs/more/{name}") == [(2, "json_object_per_line")]
    assert loader.ask("select request_id from raw.inference_logs order by all") == [
        ("more",), ("neighbour",), ("odd",),
    ]  # fmt: skip


def test_odd_names_load_side_by_side(loader: Loader) -> None:
    for number, name in enumerate(ODD_NAMES):
        loader.deliver(f"inference_logs/{name}", call(f"r{number}"))
    assert loader.load().rows_loaded == len(ODD_NAMES)


def test_a_link_in_a_circle_is_refused(loader: Loader) -> None:
    loader.deliver("inference_logs/good.jsonl", call("good"))
    (loader.landing / "inference_logs" / "itself.jsonl").symlink_to("itself.jsonl")
    summary = loader.load()
    assert [message.path for message in summary.messages] == ["inference_logs/itself.jsonl"]
    assert loader.ask("select request_id from raw.inference_logs") == [("good",)]


def test_a_name_that_is_no_text_does_not_stop_the_night(loader: Loader) -> None:
    loader.deliver("inference_logs/good.jsonl", call("good"))
    target = os.fsencode(loader.landing / "inference_logs") + b"/no\xfftext.jsonl"
    Path(os.fsdecode(target)).write_text(call("odd"))
    summary = loader.load()
    # loaded or refused, it can be spoken of
    assert all(message.path.isprintable() for message in summary.messages)
    assert ("good",) in loader.ask("select request_id from raw.inference_logs")
