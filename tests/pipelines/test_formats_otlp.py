"""OpenTelemetry's spans become calls: each model call once, its numbers out of strings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from loading_support import Loader, new_loader

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "otlp" / "traces.jsonl"
PATH = "inference_logs/traces.jsonl"
PRIVATE_WORDS = "the user's own words"
TRACE = "5b8efff798038103d269b633813fc60"
OPENAI = "chatcmpl-9J3uIL87gldCFtiIbyaOvTeYBRXmK"
ANTHROPIC = f"{TRACE}d-eee19b7ec3c1b174"
FAILED = f"{TRACE}d-eee19b7ec3c1b175"
VLLM = "cmpl-9f86d081884c7d659a2feaa0c55ad015-0"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


@pytest.fixture
def traces() -> str:
    return FIXTURE.read_text("utf-8")


def attribute(key: str, **value: Any) -> dict[str, Any]:  # noqa: ANN401 - a value of any kind
    return {"key": key, "value": value}


def document(*attributes: dict[str, Any], **resource: str) -> dict[str, Any]:
    """One span of one resource."""
    span = {
        "traceId": TRACE + "f",
        "spanId": "eee19b7ec3c1b177",
        "startTimeUnixNano": "1790000000250000000",
        "endTimeUnixNano": "1790000001250000000",
        "attributes": list(attributes),
    }
    owner = [attribute(key, stringValue=value) for key, value in resource.items()]
    scopes = [{"spans": [span]}]
    return {"resourceSpans": [{"resource": {"attributes": owner}, "scopeSpans": scopes}]}


def test_a_span_becomes_a_call_with_its_numbers_out_of_strings(loader: Loader, traces: str) -> None:
    loader.deliver(PATH, traces)
    loader.load()
    row = loader.rows("inference_logs")[OPENAI]
    assert str(row["started_at"]) == "2026-09-21 14:13:20.250000"
    assert str(row["ended_at"]) == "2026-09-21 14:13:21.750000"
    expected = {
        "provider": "openai", "model": "gpt-4o-2024-08-06", "status": "success",
        "customer_id": "acme", "user_id": "ann", "session_id": "session-0001",
        "trace_id": f"{TRACE}c", "feature": "document_chat", "latency_ms": 1500,
        "input_tokens": 16100, "cache_read_tokens": 16000, "cache_write_tokens": None,
        "output_tokens": 50, "reasoning_tokens": 20, "reported_cost": None,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_older_names_are_read_and_errors_seen(loader: Loader, traces: str) -> None:
    loader.deliver(PATH, traces)
    loader.load()
    calls = loader.rows("inference_logs")
    names = ("provider", "model", "user_id", "input_tokens", "cache_write_tokens", "output_tokens")
    older = [calls[ANTHROPIC][name] for name in names]
    assert older == ["anthropic", "claude-sonnet-4", "bob", 5100, 3000, 40]
    assert (calls[FAILED]["status"], calls[FAILED]["input_tokens"]) == ("error", None)


def test_only_model_calls_are_rows_so_an_agent_does_not_count_their_tokens_again(
    loader: Loader, traces: str
) -> None:
    loader.deliver(PATH, traces)
    summary = loader.load()
    assert (summary.rows_loaded, summary.rows_quarantined) == (4, 0)
    assert loader.ask("select sum(input_tokens) from raw.inference_logs") == [(16100 + 5100 + 14,)]


def test_the_model_of_a_vllm_span_is_that_of_its_resource(loader: Loader, traces: str) -> None:
    loader.deliver(PATH, traces)
    loader.load()
    row = loader.rows("inference_logs")[VLLM]
    found = (row["model"], row["gpu_pool"], row["input_tokens"], row["output_tokens"])
    assert found == ("atlas-chat", "chat", 14, 8)


def test_vllms_own_document_without_a_model_is_set_aside(loader: Loader, public_data: Path) -> None:
    text = (public_data / "inference_logs" / "vllm-0.29.0-otel.json").read_text("utf-8")
    loader.deliver("inference_logs/vllm.json", text)
    loader.load()
    assert loader.file("inference_logs/vllm.json")["format"] == "otlp"
    assert loader.ask("select line, reason from quarantine.rows") == [(1, "model is missing")]


def test_vllms_own_document_with_a_model_on_its_resource_loads(
    loader: Loader, public_data: Path
) -> None:
    content = json.loads((public_data / "inference_logs" / "vllm-0.29.0-otel.json").read_text())
    named = [attribute("gen_ai.request.model", stringValue="atlas-chat")]
    content["resourceSpans"][0]["resource"] = {"attributes": named}
    loader.deliver("inference_logs/vllm.json", json.dumps(content, indent=2))
    loader.load()
    row = loader.rows("inference_logs")["req-vllm-029-001"]
    assert (row["model"], row["input_tokens"], row["output_tokens"]) == ("atlas-chat", 14, 8)
    nanoseconds = 1790341372208341144 - 1790341371953418752
    assert row["latency_ms"] == pytest.approx(nanoseconds / 1_000_000)


def test_a_call_delivered_again_counts_once(loader: Loader, traces: str) -> None:
    loader.deliver(PATH, traces)
    loader.deliver("inference_logs/again.jsonl", "\n".join(reversed(traces.splitlines())) + "\n")
    summary = loader.load()
    assert (summary.rows_loaded, summary.rows_duplicate) == (4, 4)


def test_a_response_id_too_short_to_be_unique_identifies_no_call(loader: Loader) -> None:
    model = attribute("gen_ai.request.model", stringValue="llama3")
    short = attribute("gen_ai.response.id", stringValue="chatcmpl-507")
    loader.deliver(PATH, json.dumps(document(model, short)) + "\n")
    loader.load()
    assert list(loader.rows("inference_logs")) == [f"{TRACE}f-eee19b7ec3c1b177"]


def test_numbers_may_stand_where_strings_should(loader: Loader) -> None:
    model = attribute("gen_ai.request.model", stringValue="llama3")
    tokens = attribute("gen_ai.usage.input_tokens", intValue=12)
    failed = document(model, tokens)
    failed["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["status"] = {"code": 2}
    loader.deliver(PATH, json.dumps(failed) + "\n")
    loader.load()
    (row,) = loader.rows("inference_logs").values()
    assert (row["input_tokens"], row["status"]) == (12, "error")


def test_a_broken_line_costs_itself_alone_and_the_rest_reads_the_same(
    loader: Loader, traces: str
) -> None:
    loader.deliver(PATH, traces)
    loader.load()
    whole = loader.rows("inference_logs")
    first, *others = traces.splitlines()
    loader.deliver(PATH, "\n".join([first, first[:-30], *others]) + "\n")
    loader.load()
    assert loader.quarantined(PATH) == [(2, "json_object_per_line")]
    ours = ("_file_id", "_line")
    assert [
        {name: value for name, value in row.items() if name not in ours}
        for row in loader.rows("inference_logs").values()
    ] == [
        {name: value for name, value in row.items() if name not in ours} for row in whole.values()
    ]


def test_users_words_reach_no_table(loader: Loader, traces: str) -> None:
    broken = json.dumps({"resourceSpans": PRIVATE_WORDS})
    tokens = attribute("gen_ai.usage.input_tokens", stringValue="many")
    prompt = attribute("gen_ai.prompt", stringValue=PRIVATE_WORDS)
    bad = json.dumps(document(tokens, prompt))
    loader.deliver(PATH, f"{traces}{broken}\n{bad}\n")
    summary = loader.load()
    assert (summary.rows_loaded, summary.rows_quarantined) == (4, 2)
    assert PRIVATE_WORDS in traces
    assert PRIVATE_WORDS not in loader.words("inference_logs")
