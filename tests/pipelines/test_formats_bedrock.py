"""Amazon Bedrock's invocation log becomes calls: cached tokens are added to the input."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from loading_support import Loader, new_loader

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "bedrock" / "invocations.jsonl"
PATH = "inference_logs/invocations.json.gz"
PRIVATE_WORDS = "the user's own words"
CALLER = "arn:aws:sts::111122223333:assumed-role/assistant/i-0abc"
CONVERSED = "915a6a04-3f83-4c70-a277-7fbf7ea546b3"
STREAMED = "915a6a04-3f83-4c70-a277-7fbf7ea546b4"
THROTTLED = "915a6a04-3f83-4c70-a277-7fbf7ea546b5"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


@pytest.fixture
def invocations() -> str:
    return FIXTURE.read_text("utf-8")


def test_an_invocation_becomes_a_call(loader: Loader, invocations: str) -> None:
    loader.deliver(PATH, gzip.compress(invocations.encode()))
    loader.load()
    assert loader.file(PATH)["format"] == "bedrock"
    row = loader.rows("inference_logs")[CONVERSED]
    assert str(row["started_at"]) == "2026-10-05 10:00:00"
    expected = {
        "provider": "bedrock", "model": "eu.anthropic.claude-sonnet-4-20250514-v1:0",
        "status": "success", "customer_id": "acme", "user_id": CALLER, "feature": "document_chat",
        "purpose": "trial", "output_tokens": 446, "reported_cost": None, "latency_ms": None,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_input_tokens_include_the_cached_ones_that_the_log_leaves_out(
    loader: Loader, invocations: str
) -> None:
    loader.deliver(PATH, gzip.compress(invocations.encode()))
    loader.load()
    calls = loader.rows("inference_logs")
    names = ("input_tokens", "cache_read_tokens", "cache_write_tokens")
    assert [calls[CONVERSED][name] for name in names] == [35 + 2000 + 3000, 2000, 3000]
    assert [calls[STREAMED][name] for name in names] == [12, None, None]
    assert [calls[THROTTLED][name] for name in names] == [None, None, None]


def test_an_error_is_one_and_a_plain_model_keeps_its_name(loader: Loader, invocations: str) -> None:
    loader.deliver(PATH, gzip.compress(invocations.encode()))
    loader.load()
    calls = loader.rows("inference_logs")
    assert (calls[THROTTLED]["status"], calls[STREAMED]["status"]) == ("error", "success")
    assert calls[STREAMED]["model"] == "anthropic.claude-3-haiku-20240307-v1:0"


def test_the_user_in_the_metadata_goes_before_the_caller(loader: Loader, invocations: str) -> None:
    call = json.loads(invocations.splitlines()[0]) | {"requestMetadata": {"user_id": "ann"}}
    loader.deliver("inference_logs/one.jsonl", json.dumps(call) + "\n")
    loader.load()
    assert loader.rows("inference_logs")[CONVERSED]["user_id"] == "ann"


def test_a_broken_line_costs_itself_alone_and_the_rest_reads_the_same(
    loader: Loader, invocations: str
) -> None:
    query = "select * exclude (_file_id, _line) from raw.inference_logs order by request_id"
    loader.deliver(PATH, gzip.compress(invocations.encode()))
    loader.load()
    whole = loader.ask(query)
    first, *others = invocations.splitlines()
    broken = "\n".join([first, first[:-30], *others]) + "\n"
    loader.deliver(PATH, gzip.compress(broken.encode()))
    loader.load()
    assert loader.quarantined(PATH) == [(2, "json_object_per_line")]
    assert loader.ask(query) == whole


def test_users_words_reach_no_table(loader: Loader, invocations: str) -> None:
    call = json.loads(invocations.splitlines()[0])
    call["input"]["inputTokenCount"] = "many"
    bad = json.dumps(call | {"requestId": "bad"})
    loader.deliver("inference_logs/calls.jsonl", f"{invocations}{bad}\n")
    summary = loader.load()
    assert (summary.rows_loaded, summary.rows_quarantined) == (3, 1)
    assert PRIVATE_WORDS in invocations
    assert PRIVATE_WORDS not in loader.words("inference_logs")
