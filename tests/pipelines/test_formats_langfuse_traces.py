"""Langfuse's traces become rows of a feed of their own, delivered beside its observations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from loading_support import Loader, new_loader

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "langfuse"
PATH = "inference_logs/traces.jsonl"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


@pytest.fixture
def traces() -> str:
    return (FIXTURES / "traces.jsonl").read_text("utf-8")


def test_a_trace_says_whose_work_it_was(loader: Loader, traces: str) -> None:
    loader.deliver("inference_logs/a.jsonl", (FIXTURES / "observations.jsonl").read_bytes())
    loader.deliver(PATH, traces)
    loader.load()
    assert loader.file(PATH)["format"] == "langfuse_traces"
    assert len(loader.rows("inference_logs")) == 4
    row = loader.rows("request_traces")["trace-1"]
    assert str(row["traced_at"]) == "2026-10-05 10:00:00.100000"
    expected = {
        "name": "answer_question", "user_id": "ann", "customer_id": "acme",
        "session_id": "session-0001", "feature": "document_chat",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_a_trace_without_a_customer_or_tags_has_none(loader: Loader, traces: str) -> None:
    loader.deliver(PATH, traces)
    loader.load()
    row = loader.rows("request_traces")["trace-2"]
    found = (row["user_id"], row["customer_id"], row["session_id"], row["feature"])
    assert found == ("bob", None, None, None)


def test_of_overlapping_windows_the_latest_update_stays(loader: Loader, traces: str) -> None:
    first = json.loads(traces.splitlines()[0])
    newer = first | {"user_id": "eve", "updated_at": "2026-10-05 12:00:00.000000"}
    loader.deliver("inference_logs/b.jsonl", json.dumps(newer) + "\n")
    loader.deliver("inference_logs/a.jsonl", traces)
    loader.load()
    assert loader.rows("request_traces")["trace-1"]["user_id"] == "eve"


def test_a_broken_line_costs_itself_alone(loader: Loader, traces: str) -> None:
    first, second = traces.splitlines()
    loader.deliver(PATH, f"{first}\n{first[:-30]}\n{second}\n")
    loader.load()
    assert loader.quarantined(PATH) == [(2, "json_object_per_line")]
    assert sorted(loader.rows("request_traces")) == ["trace-1", "trace-2"]
