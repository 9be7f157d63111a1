"""One bad row does not stop a file: it is set aside with its line, the rule and the remedy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from loading_support import Loader, call, charge, csv_of, new_loader

if TYPE_CHECKING:
    from pathlib import Path

CALLS = "inference_logs/calls.jsonl"
REVENUE = "invoice_id,line_id,customer_id,kind,period_start,period_end,amount,currency\n"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


@pytest.mark.fault(23)
@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('{"request_id": "half', "json_object_per_line"),
        ("[1, 2]", "json_object_per_line"),
        ("17", "json_object_per_line"),
        ('{"request_id": "a", "request_id": "b"}', "distinct_columns"),
        (call("r2", input_tokens="many"), "right_type"),
        (call("r2", input_tokens=1.5), "whole_number"),
        (call("r2", input_tokens=-1), "tokens_not_negative"),
        (call("r2", cache_read_tokens=101), "cache_within_input"),
        (call("r2", started_at=None), "required_value"),
        (call("r2", model=""), "required_value"),
        (call("r2", started_at="yesterday"), "right_type"),
        (call("r2", started_at="03/04/2026"), "right_type"),
        (call("r2", started_at="5/1/26"), "plausible_time"),
        (call("r2", started_at="57212-01-01T00:00:00Z"), "time_out_of_range"),
        (call("r2", started_at="2009-01-01T00:00:00Z"), "time_out_of_range"),
        (call("r2", reported_cost="1.234,56"), "right_type"),
        (call("r2", reported_cost="(2.00)"), "right_type"),
        (call("r2", reported_cost="NaN"), "right_type"),
        (call("r2", reported_cost="1e400"), "right_type"),
        (call("r2", reported_cost="0.0000000000001"), "money_digits"),
        (call("r2", reported_cost="-1.00"), "cost_not_negative"),
        (call("r2", gpu_seconds=float("inf")), "finite_number"),
        (call("r2", status="failure"), "known_status"),
        (call("r2", currency="usd"), "currency_code"),
    ],
)
def test_a_bad_json_line_is_set_aside_with_its_number(loader: Loader, line: str, rule: str) -> None:
    loader.deliver(CALLS, call("r1") + line.rstrip("\n") + "\n" + call("r3"))
    summary = loader.load()
    assert loader.quarantined(CALLS) == [(2, rule)]
    assert (summary.rows_read, summary.rows_loaded, summary.rows_quarantined) == (3, 2, 1)
    assert loader.ask("select request_id, _line from raw.inference_logs order by all") == [
        ("r1", 1),
        ("r3", 3),
    ]


def test_the_reason_names_column_value_and_type(loader: Loader) -> None:
    loader.deliver(CALLS, call("r1") + call("r2", input_tokens="many"))
    loader.load()
    assert loader.ask("select reason, remedy from quarantine.rows") == [
        (
            'input_tokens: "many" is no DOUBLE',
            "deliver the value in the declared type, or leave it empty",
        )
    ]
    assert loader.file(CALLS)["reason"].startswith("1 of 2 rows are in quarantine")


def test_a_line_without_end_and_a_byte_order_mark_do_no_harm(loader: Loader) -> None:
    loader.deliver(CALLS, b"\xef\xbb\xbf" + (call("r1") + call("r2").rstrip()).encode())
    assert loader.load().rows_loaded == 2


@pytest.mark.fault(31)
def test_a_line_that_is_not_utf_8_is_set_aside(loader: Loader) -> None:
    latin = call("r2", customer_id="caf\xe9").encode().replace(b"\\u00e9", b"\xe9")
    loader.deliver(CALLS, call("r1").encode() + latin)
    loader.load()
    assert loader.quarantined(CALLS) == [(2, "utf_8_text")]


@pytest.mark.fault(28, 29)
@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("in-2,1,acme,usage,2026-10-01,2026-10-31,ten,USD", "right_type"),
        ("in-2,1,acme,usage,2026-10-01,2026-10-31,10.00", "as_many_values_as_names"),
        ("in-2,1,acme,usage,2026-10-01,2026-10-31,10.00,USD,more", "as_many_values_as_names"),
        ('in-2,1,"acme,usage,2026-10-01,2026-10-31,10.00,USD', "closed_quotes"),
        ('in-2,1,"acme"x,usage,2026-10-01,2026-10-31,10.00,USD', "closed_quotes"),
        ("in-2,1,NULL,usage,2026-10-01,2026-10-31,10.00,USD", "required_value"),
        ("in-2,1,acme,refund,2026-10-01,2026-10-31,10.00,USD", "refund_not_positive"),
        ("in-2,1,acme,usage,2026-10-31,2026-10-01,10.00,USD", "period_in_order"),
        ("in-2,1,acme,usage,2026-02-30,2026-10-01,10.00,USD", "right_type"),
    ],
)
def test_a_bad_csv_line_costs_itself_only(loader: Loader, line: str, rule: str) -> None:
    good = "in-{},1,acme,usage,2026-10-01,2026-10-31,10.00,USD\n"
    loader.deliver("revenue/r.csv", REVENUE + good.format(1) + line + "\n" + good.format(3))
    loader.load()
    assert loader.quarantined("revenue/r.csv") == [(3, rule)]
    assert loader.ask("select invoice_id, _line from raw.revenue order by all") == [
        ("in-1", 2),
        ("in-3", 4),
    ]


@pytest.mark.fault(32)
def test_mixed_line_ends_quotes_and_line_breaks_in_values_are_read(loader: Loader) -> None:
    lines = (
        'in-1,1,"acme, ""the"" first\nof its name",usage,2026-10-01,2026-10-31,10.00,USD\r\n'
        'in-2,1,5" disk,usage,2026-10-01,2026-10-31,10.00,USD\n'
        "in-3,1,acme,usage,2026-10-01,2026-10-31,bad,USD\n"
    )
    loader.deliver("revenue/r.csv", REVENUE + lines)
    loader.load()
    assert loader.quarantined("revenue/r.csv") == [(5, "right_type")]
    assert loader.ask("select customer_id from raw.revenue order by invoice_id") == [
        ('acme, "the" first\nof its name',),
        ('5" disk',),
    ]


def test_parquet_rows_with_unusable_values_are_set_aside_by_number(
    loader: Loader, tmp_path: Path
) -> None:
    path = tmp_path / "calls.parquet"
    loader.connection.execute(
        "copy (select 'r' || range as request_id, timestamp '2026-10-05' as started_at,"
        " 'm' as model, case when range = 2 then 'many' else '7' end as input_tokens"
        " from range(4)) to ?",
        [str(path)],
    )
    loader.deliver("inference_logs/calls.parquet", path.read_bytes())
    loader.load()
    assert loader.quarantined("inference_logs/calls.parquet") == [(3, "right_type")]
    assert loader.ask("select count(*), sum(input_tokens) from raw.inference_logs") == [(3, 21)]


def test_quarantine_keeps_declared_columns_and_no_others(loader: Loader) -> None:
    loader.deliver(CALLS, call("r1", input_tokens="many", prompt="my secret"))
    loader.load()
    ((content,),) = loader.ask("select content from quarantine.rows")
    kept = json.loads(content)
    assert (kept["request_id"], kept["input_tokens"]) == ("r1", "many")
    assert "prompt" not in kept
    assert loader.file(CALLS)["unknown_columns"] == "prompt"


def test_good_files_beside_a_bad_one_stay_whole(loader: Loader) -> None:
    for number in range(20):
        bad = call(f"bad{number}", input_tokens="many") if number == 13 else ""
        loader.deliver(f"inference_logs/{number:02}.jsonl", call(f"r{number}") + bad)
    summary = loader.load()
    assert (summary.files_loaded, summary.rows_loaded, summary.rows_quarantined) == (20, 20, 1)


def test_a_file_of_bad_rows_only_is_rejected(loader: Loader) -> None:
    loader.deliver("gpu_billing/bill.csv", csv_of(charge(cost="$10,000.00".replace(",", "."))))
    summary = loader.load()
    assert loader.file("gpu_billing/bill.csv")["status"] == "rejected"
    assert (summary.files_rejected, summary.rows_quarantined) == (1, 1)


@pytest.mark.fault(35)
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0.000000400000000", "0.000000400000"),
        ("1e-7", "0.000000100000"),
        ("0.30000000000000004", "0.300000000000"),
        ("12.340000000000001", "12.340000000000"),
        ("123456.123456789012", "123456.123456789012"),
        (".5", "0.500000000000"),
    ],
)
def test_money_is_read_exactly(loader: Loader, written: str, read: str) -> None:
    loader.deliver(CALLS, call("r1", reported_cost=written))
    loader.load()
    assert loader.ask("select cast(reported_cost as varchar) from raw.inference_logs") == [(read,)]


@pytest.mark.fault(22)
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-10-05T10:00:00+02:00", "2026-10-05 08:00:00"),
        ("2026-10-05 10:00:00", "2026-10-05 10:00:00"),
        ("2026-10-05T10:00:00.1234567Z", "2026-10-05 10:00:00.123456"),
    ],
)
def test_times_are_stored_in_utc(loader: Loader, written: str, read: str) -> None:
    loader.deliver(CALLS, call("r1", started_at=written))
    loader.load()
    assert loader.ask("select cast(started_at as varchar) from raw.inference_logs") == [(read,)]


def test_a_day_with_an_offset_is_the_utc_day(loader: Loader) -> None:
    line = "in-1,1,acme,usage,2026-10-01T23:30:00-05:00,2026-10-31,1.00,USD\n"
    loader.deliver("revenue/r.csv", REVENUE + line)
    loader.load()
    assert loader.ask("select cast(period_start as varchar) from raw.revenue") == [("2026-10-02",)]
