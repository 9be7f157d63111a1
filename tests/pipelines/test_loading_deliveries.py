"""Deliveries that repeat, correct or overlap: the newest of each key counts, once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from loading_support import Loader, call, charge, csv_of, new_loader

if TYPE_CHECKING:
    from pathlib import Path


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


def test_nothing_new_changes_nothing(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1"))
    loader.load()
    pending(loader)
    again = loader.load()
    assert (again.files_read, again.rows_read, again.messages) == (0, 0, ())
    assert pending(loader) == []
    assert len(statuses(loader)) == 1


def test_the_same_content_under_another_name_counts_once(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1") + call("r2"))
    loader.deliver("inference_logs/b.jsonl", call("r1") + call("r2"))
    loader.load()
    loader.deliver("inference_logs/c.jsonl", call("r1") + call("r2"))
    loader.load()
    assert [status for _, status in statuses(loader)] == ["loaded", "identical", "identical"]
    copies = [loader.file(f"inference_logs/{name}.jsonl") for name in "bc"]
    assert [(copy["rows_read"], copy["rows_duplicate"]) for copy in copies] == [(2, 2), (2, 2)]
    assert len(tokens(loader)) == 2


def test_a_newer_file_wins_the_keys_it_repeats(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1", input_tokens=100) + call("r2"))
    loader.load()
    loader.deliver("inference_logs/b.jsonl", call("r1", input_tokens=200) + call("r3"))
    loader.load()
    assert tokens(loader) == [("r1", 200), ("r2", 100), ("r3", 100)]
    assert loader.file("inference_logs/a.jsonl")["rows_duplicate"] == 1
    assert loader.ask(
        "select input_tokens, _kept_file_id, _duplicate_reason"
        " from quarantine.inference_logs_duplicates"
    ) == [(100, 2, "older delivery")]


def test_the_newer_file_wins_within_one_load_too_whatever_its_name(loader: Loader) -> None:
    loader.deliver("inference_logs/z.jsonl", call("r1", input_tokens=100))
    loader.deliver("inference_logs/a.jsonl", call("r1", input_tokens=200))
    loader.load()
    assert tokens(loader) == [("r1", 200)]


def test_within_one_file_the_last_line_wins(loader: Loader) -> None:
    header = "customer_id,signed_up_at,plan\n"
    rows = "acme,2026-01-01,starter\nother,2026-01-01,starter\nacme,2026-01-01,pro\n"
    loader.deliver("customers/c.csv", header + rows)
    loader.load()
    assert loader.ask("select customer_id, plan, _line from raw.customers order by all") == [
        ("acme", "pro", 4),
        ("other", "starter", 3),
    ]
    assert loader.ask("select _duplicate_reason from quarantine.customers_duplicates") == [
        ("repeated in file",)
    ]


def test_within_one_bulk_file_the_latest_call_wins_in_any_order(loader: Loader) -> None:
    late = call("r1", input_tokens=2, ended_at="2026-10-05T10:00:09Z")
    early = call("r1", input_tokens=1, ended_at="2026-10-05T10:00:01Z")
    loader.deliver("inference_logs/a.jsonl", late + early)
    loader.load()
    assert tokens(loader) == [("r1", 2)]


def test_a_corrected_file_replaces_all_rows_of_the_old_one(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1") + call("r2"))
    loader.load()
    pending(loader)
    moved = call("r1", input_tokens=7, started_at="2026-10-06T10:00:00Z")
    loader.deliver("inference_logs/a.jsonl", moved)
    loader.load()
    assert tokens(loader) == [("r1", 7)]
    assert [status for _, status in statuses(loader)] == ["superseded", "loaded"]
    assert pending(loader) == ["2026-10-05", "2026-10-06"]
    assert loader.ask(
        "select rows_read, rows_loaded, rows_duplicate from ops.load_files where file_id = 1"
    ) == [(2, 0, 2)]


def test_what_a_superseded_file_had_displaced_comes_back(loader: Loader) -> None:
    loader.deliver(
        "inference_logs/a.jsonl", call("r1", input_tokens=1) + call("r2", input_tokens=1)
    )
    loader.deliver("inference_logs/b.jsonl", call("r1", input_tokens=2))
    loader.load()
    loader.deliver("inference_logs/c.jsonl", call("r1", input_tokens=3))
    loader.load()
    assert tokens(loader) == [("r1", 3), ("r2", 1)]
    loader.deliver("inference_logs/c.jsonl", call("r3", input_tokens=3))
    loader.load()
    assert tokens(loader) == [("r1", 2), ("r2", 1), ("r3", 3)]
    loader.deliver("inference_logs/b.jsonl", call("r4", input_tokens=4))
    loader.load()
    assert tokens(loader) == [("r1", 1), ("r2", 1), ("r3", 3), ("r4", 4)]


def test_a_superseded_files_displaced_rows_never_come_back(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1", input_tokens=1))
    loader.deliver("inference_logs/b.jsonl", call("r1", input_tokens=2))
    loader.load()
    loader.deliver("inference_logs/a.jsonl", call("r9"))
    loader.load()
    loader.deliver("inference_logs/b.jsonl", call("r8"))
    loader.load()
    assert tokens(loader) == [("r8", 100), ("r9", 100)]


def test_a_correction_that_cannot_be_read_takes_nothing_away(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1"))
    loader.load()
    loader.deliver("inference_logs/a.jsonl", "not a log\n")
    loader.load()
    loader.deliver("inference_logs/a.jsonl", "")
    loader.load()
    assert tokens(loader) == [("r1", 100)]
    assert [status for _, status in statuses(loader)] == ["loaded", "rejected", "empty"]
    loader.deliver("inference_logs/a.jsonl", call("r2"))
    loader.load()
    assert tokens(loader) == [("r2", 100)]


def test_a_file_put_back_to_its_first_content_is_loaded_again(loader: Loader) -> None:
    for content in (call("r1"), call("r2"), call("r1")):
        loader.deliver("inference_logs/a.jsonl", content)
        loader.load()
    assert tokens(loader) == [("r1", 100)]


def test_a_copy_is_read_when_its_original_changes(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1"))
    loader.deliver("inference_logs/copy.jsonl", call("r1"))
    loader.load()
    loader.deliver("inference_logs/a.jsonl", call("r2"))
    loader.load()
    assert tokens(loader) == [("r1", 100), ("r2", 100)]


def test_a_file_taken_out_of_the_landing_stays_loaded(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1")).unlink()
    loader.deliver("inference_logs/b.jsonl", call("r2")).rename(
        loader.landing / "inference_logs" / "moved.jsonl"
    )
    loader.load()
    (loader.landing / "inference_logs" / "moved.jsonl").unlink()
    loader.load()
    assert tokens(loader) == [("r2", 100)]


def test_identical_charges_of_one_bill_are_all_kept(loader: Loader) -> None:
    loader.deliver("gpu_billing/a.csv", csv_of(charge(), charge(), charge("disk", "1.00")))
    loader.load()
    assert loader.ask("select sum(BilledCost) from raw.gpu_billing") == [(21,)]


def test_a_bill_delivered_again_replaces_its_charges_and_keeps_the_others(loader: Loader) -> None:
    loader.deliver("gpu_billing/a.csv", csv_of(charge(), charge(), charge("disk", "1.00")))
    loader.load()
    loader.deliver("gpu_billing/b.csv", csv_of(charge(cost="9.00"), charge(cost="9.00")))
    loader.load()
    assert loader.ask(
        "select ChargeDescription, sum(BilledCost) from raw.gpu_billing group by 1 order by 1"
    ) == [("disk", 1), ("gpu", 18)]


def test_a_touched_file_with_the_same_content_is_no_second_delivery(loader: Loader) -> None:
    path = loader.deliver("inference_logs/a.jsonl", call("r1"))
    loader.load()
    os.utime(path, (1_790_009_999, 1_790_009_999))
    loader.load()
    assert tokens(loader) == [("r1", 100)]
    assert loader.load().files_read == 0


def invoice(*lines: tuple[str, str], number: str = "7", kind: str = "invoice") -> str:
    header = "issuer,invoice_number,line_number,document_type,issue_date,line_amount,currency\n"
    rows = [f"Labels Ltd,{number},{line},{kind},2026-10-05,{amount},EUR" for line, amount in lines]
    return header + "\n".join(rows) + "\n"


def invoiced(loader: Loader) -> list[tuple[str, str, str]]:
    return loader.ask(
        "select invoice_number, line_number, cast(line_amount as decimal(18, 2))::varchar"
        " from raw.labeling_invoices order by all"
    )


@pytest.mark.fault(40)
def test_a_corrected_invoice_replaces_every_line_of_the_first(loader: Loader) -> None:
    loader.deliver("labeling_invoices/1.csv", invoice(("1", "10.00"), ("2", "20.00")))
    loader.deliver("labeling_invoices/other.csv", invoice(("1", "5.00"), number="8"))
    loader.load()
    loader.deliver("labeling_invoices/corrected.csv", invoice(("1", "12.00")))
    loader.load()
    assert invoiced(loader) == [("7", "1", "12.00"), ("8", "1", "5.00")]
    assert loader.file("labeling_invoices/1.csv")["rows_duplicate"] == 2


def test_a_credit_note_of_the_same_number_is_another_document(loader: Loader) -> None:
    loader.deliver("labeling_invoices/1.csv", invoice(("1", "10.00"), ("2", "20.00")))
    loader.deliver("labeling_invoices/2.csv", invoice(("1", "-10.00"), kind="credit_note"))
    loader.load()
    assert invoiced(loader) == [("7", "1", "-10.00"), ("7", "1", "10.00"), ("7", "2", "20.00")]


def test_a_line_twice_in_one_invoice_counts_once(loader: Loader) -> None:
    loader.deliver("labeling_invoices/1.csv", invoice(("1", "10.00"), ("1", "11.00")))
    loader.load()
    assert invoiced(loader) == [("7", "1", "11.00")]


def test_an_invoice_without_its_type_is_the_invoice_of_that_number(loader: Loader) -> None:
    loader.deliver("labeling_invoices/1.csv", invoice(("1", "10.00"), kind=""))
    loader.load()
    loader.deliver("labeling_invoices/2.csv", invoice(("1", "12.00")))
    loader.load()
    assert invoiced(loader) == [("7", "1", "12.00")]
