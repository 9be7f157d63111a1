"""A vendor changes its file: every change has one outcome, and is told once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from loading_support import Loader, call, charge, csv_of, new_loader

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "request_id,started_at,model,user_id,input_tokens\n"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    loader = new_loader(tmp_path)
    loader.deliver("inference_logs/1.csv", HEADER + "r1,2026-10-01,m,u,10\n")
    assert loader.load().messages == ()
    return loader


def told(loader: Loader) -> list[str]:
    """What the next load says of changed columns."""
    messages = loader.load().messages
    return [message.reason for message in messages if message.rule == "columns_as_before"]


def changes(loader: Loader) -> list[tuple[Any, ...]]:
    return loader.ask(
        "select column_name, change from ops.schema_changes"
        " where path <> 'inference_logs/1.csv' order by all"
    )


def spend_log(**changed: object) -> str:
    row = {
        "request_id": "s1", "startTime": "2026-10-01 10:00:00", "endTime": "2026-10-01 10:00:01",
        "model": "m", "spend": 0.25, "prompt_tokens": 10, "completion_tokens": 2,
    }  # fmt: skip
    row.update(changed)
    return json.dumps({name: value for name, value in row.items() if value is not None}) + "\n"


@pytest.mark.fault(24)
def test_an_added_column_is_kept_out_loaded_around_and_told_once(loader: Loader) -> None:
    header = HEADER.replace("\n", ",mood\n")
    loader.deliver("inference_logs/2.csv", header + "r2,2026-10-02,m,u,10,good\n")
    assert told(loader) == ["new columns: mood"]
    loader.deliver("inference_logs/3.csv", header + "r3,2026-10-03,m,u,10,good\n")
    assert told(loader) == []
    assert loader.ask("select count(*) from raw.inference_logs") == [(3,)]
    assert changes(loader) == [("mood", "added")]


def test_an_optional_column_that_goes_is_null_and_told(loader: Loader) -> None:
    loader.deliver("inference_logs/2.csv", "request_id,started_at,model\nr2,2026-10-02,m\n")
    assert told(loader) == ["columns gone: input_tokens, user_id"]
    rows = loader.ask("select input_tokens from raw.inference_logs order by request_id")
    assert rows == [(10,), (None,)]


@pytest.mark.fault(25)
def test_a_required_column_that_goes_refuses_the_file(loader: Loader) -> None:
    loader.deliver("inference_logs/2.csv", "request_id,started_at,user_id\nr2,2026-10-02,u\n")
    (message,) = loader.load().messages
    assert (message.status, message.rule) == ("rejected", "required_columns")
    assert "model" in message.reason


def test_a_renamed_column_is_told_as_gone_and_new_and_a_mapping_brings_it_back(
    loader: Loader,
) -> None:
    header = HEADER.replace("input_tokens", "tokens_in")
    loader.deliver("inference_logs/new/2.csv", header + "r2,2026-10-02,m,u,20\n")
    assert told(loader) == ["new columns: tokens_in; columns gone: input_tokens"]
    same = "\n".join(f"  {name}: {name}" for name in ("request_id", "started_at", "model"))
    mapping = f"columns:\n{same}\n  input_tokens: tokens_in\n"
    loader.deliver("inference_logs/new/inference_logs.mapping.yml", mapping)
    loader.load()
    rows = loader.ask("select input_tokens from raw.inference_logs order by request_id")
    assert rows == [(10,), (20,)]


@pytest.mark.fault(26)
def test_a_retyped_column_quarantines_the_rows_it_no_longer_fits(loader: Loader) -> None:
    loader.deliver("inference_logs/2.csv", HEADER + "r2,2026-10-02,m,u,ten\nr3,2026-10-02,m,u,3\n")
    summary = loader.load()
    assert (summary.rows_loaded, summary.rows_quarantined) == (1, 1)
    assert loader.quarantined("inference_logs/2.csv") == [(2, "right_type")]


def test_a_retyped_parquet_column_is_read_as_its_values_allow(loader: Loader) -> None:
    moment = "2026-10-02T00:00:00Z"
    good = {"request_id": ["r2"], "started_at": [moment], "model": ["m"], "input_tokens": ["20"]}
    folder = loader.landing / "inference_logs"
    pl.DataFrame(good).write_parquet(folder / "2.parquet")
    pl.DataFrame({**good, "request_id": ["r3"], "input_tokens": ["x"]}).write_parquet(
        folder / "3.parquet"
    )
    summary = loader.load()
    assert (summary.rows_loaded, summary.rows_quarantined) == (1, 1)


@pytest.mark.fault(27)
def test_reordered_columns_are_no_change(loader: Loader) -> None:
    names = HEADER.strip().split(",")
    values = ["r2", "2026-10-02", "m", "u", "20"]
    lines = [",".join(reversed(names)), ",".join(reversed(values))]
    loader.deliver("inference_logs/2.csv", "\n".join(lines) + "\n")
    assert told(loader) == []
    rows = loader.ask("select user_id, input_tokens from raw.inference_logs order by request_id")
    assert rows == [("u", 10), ("u", 20)]


def test_optional_keys_of_json_lines_may_come_and_go(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("j1"))
    loader.load()
    loader.deliver("inference_logs/b.jsonl", call("j2", customer_id=None))
    assert told(loader) == []
    loader.deliver("inference_logs/c.jsonl", call("j3", mood="good"))
    assert told(loader) == ["new columns: mood"]


def test_a_vendors_log_tells_new_keys_and_is_refused_without_those_it_is_known_by(
    loader: Loader,
) -> None:
    loader.deliver("inference_logs/s1.jsonl", spend_log())
    loader.load()
    loader.deliver("inference_logs/s2.jsonl", spend_log(request_id="s2", verdict="fine"))
    assert told(loader) == ["new columns: verdict"]
    loader.deliver("inference_logs/s3.jsonl", spend_log(request_id="s3", spend=None))
    (message,) = loader.load().messages
    assert message.status == "rejected"
    assert loader.ask("select count(*) from raw.inference_logs") == [(3,)]


def test_a_bill_with_another_version_of_columns_loads(loader: Loader) -> None:
    loader.deliver("gpu_billing/1.csv", csv_of(charge("a")))
    loader.load()
    newer = {**charge("b"), "CommitmentDiscountQuantity": "1", "SomeNewColumn": "x"}
    loader.deliver("gpu_billing/2.csv", csv_of(newer))
    (reason,) = told(loader)
    assert "SomeNewColumn" in reason
    assert loader.ask("select count(*) from raw.gpu_billing") == [(2,)]
