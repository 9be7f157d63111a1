"""Files that cannot be read whole: each is refused with a rule and a remedy."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
import zstandard
from loading_support import Loader, call, charge, csv_of, new_loader

from pipelines.loading.readers import ReaderParameters, reader_parameters

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.sources.format import Reading, Sample


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


CALLS = "".join(call(f"r{number}") for number in range(50))


@pytest.mark.fault(8, 11, 30, 33)
@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("cut.jsonl.gz", gzip.compress(CALLS.encode(), mtime=0)[:-10], "whole_compressed_file"),
        ("cut.jsonl.zst", zstandard.compress(CALLS.encode())[:-4], "whole_compressed_file"),
        (
            "tail.jsonl.gz",
            gzip.compress(CALLS.encode(), mtime=0) + b"garbage",
            "whole_compressed_file",
        ),
        ("letter.txt", "Dear team,\nhere are the logs.\n", "known_format"),
        ("list.json", f"[{','.join(CALLS.splitlines())}]", "json_lines"),
        ("utf16.csv", "request_id,started_at,model\n".encode("utf-16"), "utf_8_text"),
        ("nul.csv", "request_id,started_at,model\nr1,2026-10-05,a\0b\n", "no_nul_bytes"),
        ("twice.csv", "request_id,started_at,model,Model\nr,2026-10-05,a,b\n", "distinct_columns"),
        ("half.parquet", b"PAR1 and nothing more", "whole_parquet_file"),
        ("short.csv", "request_id,model\nr1,own-model\n", "required_columns"),
        ("page.xml", "<html/>", "known_format"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    loader: Loader, name: str, content: str | bytes, rule: str
) -> None:
    loader.deliver(f"inference_logs/{name}", content)
    loader.deliver("inference_logs/good.jsonl", call())
    summary = loader.load()
    file = loader.file(f"inference_logs/{name}")
    assert (file["status"], file["rule"]) == ("rejected", rule)
    assert file["remedy"]
    assert loader.quarantined(f"inference_logs/{name}") == [(None, rule)]
    assert (summary.files_rejected, summary.rows_loaded) == (1, 1)
    assert [message.rule for message in summary.messages] == [rule]


@pytest.mark.fault(9)
def test_a_wrong_checksum_inside_gzip_is_noticed_though_the_data_inflates(loader: Loader) -> None:
    packed = bytearray(gzip.compress(CALLS.encode(), mtime=0))
    packed[-6] ^= 0xFF
    loader.deliver("inference_logs/flipped.jsonl.gz", bytes(packed))
    loader.load()
    assert loader.file("inference_logs/flipped.jsonl.gz")["rule"] == "whole_compressed_file"


@pytest.mark.fault(10)
def test_a_file_that_differs_from_its_announced_checksum_is_refused(loader: Loader) -> None:
    loader.deliver("inference_logs/cut.jsonl", CALLS)
    loader.deliver("inference_logs/cut.jsonl.sha256", f"{'0' * 64}  cut.jsonl\n")
    loader.load()
    assert loader.file("inference_logs/cut.jsonl")["rule"] == "checksum_matches"


@pytest.mark.fault(12)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zero.jsonl", b""),
        ("zero.csv", b""),
        ("zero.jsonl.gz", gzip.compress(b"", mtime=0)),
        ("header.csv", b"request_id,started_at,model\n"),
        ("header_only.csv.gz", gzip.compress(b"request_id,started_at,model", mtime=0)),
    ],
)
def test_an_empty_file_is_noted_as_empty(loader: Loader, name: str, content: bytes) -> None:
    loader.deliver(f"inference_logs/{name}", content)
    summary = loader.load()
    assert loader.file(f"inference_logs/{name}")["status"] == "empty"
    assert (summary.files_empty, summary.rows_read) == (1, 0)


def test_a_broken_page_of_parquet_refuses_the_file(loader: Loader, tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    loader.connection.execute(
        "copy (select 'r' || range as request_id, now() as started_at, repeat('m', 50) as model,"
        " md5(cast(range as varchar)) as user_id from range(5000)) to ?",
        [str(path)],
    )
    content = bytearray(path.read_bytes())
    content[100:2100] = b"\xff" * 2000
    loader.deliver("inference_logs/broken.parquet", bytes(content))
    loader.load()
    assert loader.file("inference_logs/broken.parquet")["rule"] == "whole_parquet_file"


def test_a_file_in_the_wrong_folder_is_told_its_feed(loader: Loader) -> None:
    rates = "rate_date,currency,rate_to_reporting\n2026-10-01,EUR,1.08\n"
    loader.deliver("customers/rates.csv", rates)
    loader.load()
    file = loader.file("customers/rates.csv")
    assert file["rule"] == "file_in_its_feed"
    assert "exchange_rates" in file["remedy"]


def test_a_missing_mandatory_column_is_named_with_what_was_found(loader: Loader) -> None:
    row = charge()
    del row["BillingCurrency"]
    loader.deliver("gpu_billing/bill.csv", csv_of(row))
    loader.load()
    file = loader.file("gpu_billing/bill.csv")
    assert (file["status"], file["rule"]) == ("rejected", "required_columns")
    assert "lacks the required columns BillingCurrency" in file["reason"]
    assert "BilledCost" in file["reason"]


def test_an_invoice_whose_lines_do_not_add_up_is_set_aside_whole(
    loader: Loader, public_data: Path
) -> None:
    invoice = (public_data / "invoices" / "peppol" / "base-example.xml").read_text("utf-8")
    loader.deliver("labeling_invoices/good.xml", invoice)
    wrong = invoice.replace(
        'currencyID="EUR">1325</cbc:TaxExclusive', 'currencyID="EUR">9</cbc:TaxExclusive'
    )
    assert wrong != invoice
    loader.deliver("labeling_invoices/wrong.xml", wrong)
    loader.load()
    assert loader.file("labeling_invoices/wrong.xml")["status"] == "rejected"
    assert len(loader.quarantined("labeling_invoices/wrong.xml")) == 3
    assert loader.ask("select count(*) from raw.labeling_invoices") == [(3,)]


def test_one_bad_line_sets_a_whole_document_aside(loader: Loader, public_data: Path) -> None:
    invoice = (public_data / "invoices" / "peppol" / "base-example.xml").read_text("utf-8")
    early = invoice.replace("2017-11-13", "1969-11-13")
    assert early != invoice
    loader.deliver("labeling_invoices/early.xml", early)
    loader.load()
    assert loader.file("labeling_invoices/early.xml")["status"] == "rejected"
    assert loader.ask("select count(*) from raw.labeling_invoices") == [(0,)]


def test_links_out_of_the_landing_and_strange_folders_are_refused(
    loader: Loader, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.jsonl"
    outside.write_text(call())
    loader.deliver("inference_logs/good.jsonl", call("r2"))
    (loader.landing / "inference_logs" / "link.jsonl").symlink_to(outside)
    loader.deliver("inference_log/typo.jsonl", call("r3"))
    summary = loader.load()
    assert {(message.path, message.rule) for message in summary.messages} == {
        ("inference_logs/link.jsonl", "regular_file_in_landing"),
        ("inference_log", "folder_of_a_feed"),
    }
    assert loader.ask("select request_id from raw.inference_logs") == [("r2",)]


def test_templates_hidden_files_and_unfinished_copies_are_passed_over(loader: Loader) -> None:
    for name in ("_template.csv", ".hidden.jsonl", "copying.jsonl.part", "_old/calls.jsonl"):
        loader.deliver(f"inference_logs/{name}", call())
    summary = loader.load()
    assert (summary.files_read, summary.messages) == (0, ())


def test_a_file_that_may_still_grow_is_left_for_the_next_run(loader: Loader) -> None:
    path = loader.deliver("inference_logs/fresh.jsonl", call())
    path.touch()
    summary = loader.load(min_age_seconds=60)
    assert [message.status for message in summary.messages] == ["left for the next run"]
    assert loader.load(min_age_seconds=0).rows_loaded == 1


@pytest.mark.fault(55)
def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = loader.deliver("inference_logs/growing.jsonl", call("r1"))
    loader.deliver("inference_logs/steady.jsonl", call("r2"))

    def grow_and_read(sample: Sample, reading: Reading) -> ReaderParameters:
        growing.write_text(call("r1") + call("r3"))
        return reader_parameters(sample, reading)

    monkeypatch.setattr("pipelines.loading.fast.reader_parameters", grow_and_read)
    summary = loader.load()
    assert [message.path for message in summary.messages] == ["inference_logs/growing.jsonl"]
    assert loader.ask("select request_id from raw.inference_logs") == [("r2",)]
    monkeypatch.undo()
    assert loader.load().rows_loaded == 2
