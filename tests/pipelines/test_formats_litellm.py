"""LiteLLM's two kinds of logs become canonical calls, and users' words stay out of every table."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from loading_support import Loader, new_loader

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE_WORDS = "the user's own words"
START = 1_790_000_000.25
PAYLOAD: dict[str, Any] = {
    "id": "chatcmpl-1",
    "trace_id": "t1",
    "session_id": "s1",
    "response_cost": 0.1 + 0.2,
    "status": "success",
    "prompt_tokens": 16100,
    "completion_tokens": 50,
    "total_tokens": 16150,
    "startTime": START,
    "endTime": START + 1.5,
    "model": "gpt-4o",
    "custom_llm_provider": "openai",
    "cache_hit": False,
    "request_tags": ["team-a", "feature:document_chat", "purpose:trial"],
    "end_user": "acme",
    "messages": [{"role": "user", "content": PRIVATE_WORDS}],
    "response": {"choices": [PRIVATE_WORDS]},
    "metadata": {
        "user_api_key_user_id": "ann",
        "user_api_key_end_user_id": "other",
        "usage_object": {
            "prompt_tokens_details": {"cached_tokens": 16000},
            "completion_tokens_details": {"reasoning_tokens": 20},
        },
        "spend_logs_metadata": {
            "gpu_pool": "chat",
            "gpu_seconds": 2.5,
            "retry_of": "chatcmpl-0",
        },
    },
}
METADATA = {
    "user_api_key_user_id": "ann",
    "status": "success",
    "additional_usage_values": {
        "cache_read_input_tokens": 2000,
        "cache_creation_input_tokens": 3000,
    },
    "spend_logs_metadata": {"execution": "cloud"},
    "vector_store_request_metadata": [{"query": PRIVATE_WORDS}],
}
SPEND_LOG = {
    "request_id": "chatcmpl-1_cache_hit1790000000.25",
    "call_type": "acompletion",
    "spend": "0.0125",
    "prompt_tokens": "5100",
    "completion_tokens": "50",
    "startTime": "2026-10-05 10:00:00.250",
    "endTime": "2026-10-05 10:00:01.750",
    "model": "claude",
    "custom_llm_provider": "anthropic",
    "user": "",
    "metadata": json.dumps(METADATA),
    "cache_hit": "True",
    "request_tags": '["feature:search"]',
    "end_user": "acme",
    "session_id": "s1",
    "messages": PRIVATE_WORDS,
    "response": PRIVATE_WORDS,
}


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def payload(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON holds anything
    return {**PAYLOAD, **changes}


def lines(*payloads: dict[str, Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in payloads)


def spend_log(**changes: str) -> dict[str, str]:
    return {**SPEND_LOG, **changes}


def csv_dump(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def only_row(loader: Loader) -> dict[str, Any]:
    cursor = loader.connection.execute("select * from raw.inference_logs")
    names = [column[0] for column in cursor.description or []]
    (row,) = cursor.fetchall()
    return dict(zip(names, row, strict=True))


def test_a_standard_logging_payload_becomes_a_call(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", lines(payload()))
    loader.load()
    row = only_row(loader)
    assert str(row["started_at"]) == "2026-09-21 14:13:20.250000"
    expected = {
        "request_id": "chatcmpl-1", "provider": "openai", "model": "gpt-4o", "status": "success",
        "customer_id": "acme", "user_id": "ann", "session_id": "s1", "trace_id": "t1",
        "feature": "document_chat",
        "purpose": "trial", "gpu_pool": "chat", "gpu_seconds": 2.5, "retry_of": "chatcmpl-0",
        "input_tokens": 16100, "cache_read_tokens": 16000, "cache_write_tokens": None,
        "output_tokens": 50, "reasoning_tokens": 20, "latency_ms": 1500,
        "reported_cost": Decimal("0.300000000000"), "currency": "USD", "response_cache_hit": False,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("usage", "read", "written"),
    [
        ({"prompt_tokens_details": {"cached_tokens": 7, "cache_creation_tokens": 8}}, 7, 8),
        ({"cache_read_input_tokens": 7, "cache_creation_input_tokens": 8}, 7, 8),
        ({"prompt_tokens_details": None}, None, None),
        (None, None, None),
    ],
)
def test_cached_tokens_are_found_in_both_vendors_words(
    loader: Loader, usage: dict[str, Any] | None, read: int | None, written: int | None
) -> None:
    metadata = {"usage_object": usage}
    loader.deliver("inference_logs/a.jsonl", lines(payload(metadata=metadata)))
    loader.load()
    row = only_row(loader)
    assert (row["cache_read_tokens"], row["cache_write_tokens"]) == (read, written)


def test_a_failure_is_an_error_and_a_missing_cost_stays_unknown(loader: Loader) -> None:
    failed = payload(
        status="failure", response_cost=None, end_user="", request_tags=None, cache_hit=None
    )
    loader.deliver("inference_logs/a.jsonl", lines(failed))
    loader.load()
    row = only_row(loader)
    assert (row["status"], row["reported_cost"], row["customer_id"]) == ("error", None, "other")
    assert (row["feature"], row["response_cache_hit"]) == (None, None)


@pytest.mark.parametrize(
    "tags",
    [
        ["team-a", "feature:search", "feature:chat"],
        '["team-a", "feature:search"]',
        [1, None, "feature:search"],
    ],
)
def test_the_first_tag_of_a_name_counts_in_a_list_or_its_text(loader: Loader, tags: Any) -> None:  # noqa: ANN401 - JSON holds anything
    loader.deliver("inference_logs/a.jsonl", lines(payload(request_tags=tags)))
    loader.load()
    assert only_row(loader)["feature"] == "search"


@pytest.mark.parametrize("tags", [[], None, ["feature", "features:search"], ["feature:"]])
def test_no_tag_of_a_name_is_no_feature(loader: Loader, tags: list[str] | None) -> None:
    loader.deliver("inference_logs/a.jsonl", lines(payload(request_tags=tags)))
    loader.load()
    assert only_row(loader)["feature"] is None


def test_a_spend_log_dump_becomes_calls(loader: Loader) -> None:
    loader.deliver("inference_logs/dump.csv", csv_dump(spend_log()))
    loader.load()
    row = only_row(loader)
    expected = {
        "request_id": "chatcmpl-1_cache_hit1790000000.25", "response_cache_hit": True,
        "status": "success", "customer_id": "acme", "user_id": "ann", "feature": "search",
        "input_tokens": 5100, "cache_read_tokens": 2000, "cache_write_tokens": 3000,
        "output_tokens": 50, "latency_ms": 1500, "execution": "cloud",
        "reported_cost": Decimal("0.012500000000"),
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_a_spend_log_dump_as_json_lines_reads_the_same(loader: Loader) -> None:
    row: dict[str, Any] = spend_log(cache_hit="None")
    nested = {**row, "metadata": json.loads(row["metadata"]), "request_tags": ["feature:search"]}
    loader.deliver("inference_logs/dump.jsonl", lines(nested))
    loader.load()
    found = only_row(loader)
    assert (found["feature"], found["cache_read_tokens"]) == ("search", 2000)
    assert found["response_cache_hit"] is False


def test_users_words_reach_no_table(loader: Loader) -> None:
    loader.deliver(
        "inference_logs/a.jsonl",
        lines(payload(), payload(id="bad", prompt_tokens="many"))
        + lines(payload(id="node", metadata=PRIVATE_WORDS))
        + json.dumps(payload(id="cut"))[:-40]
        + "\n",
    )
    dump = csv_dump(spend_log(), spend_log(request_id="b", spend="much"))
    loader.deliver("inference_logs/dump.csv", dump + f"ragged,{PRIVATE_WORDS}\n")
    summary = loader.load()
    assert (summary.rows_loaded, summary.rows_quarantined) == (2, 5)
    assert PRIVATE_WORDS not in loader.words("inference_logs")


def test_the_slow_path_reads_the_same_values_as_the_fast_one(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", lines(payload()))
    loader.deliver("inference_logs/a.csv", csv_dump(spend_log()))
    loader.load()
    query = "select * exclude (_file_id, _line) from raw.inference_logs order by request_id"
    fast = loader.ask(query)
    loader.deliver("inference_logs/a.jsonl", lines(payload()) + "{\n")
    loader.deliver("inference_logs/a.csv", csv_dump(spend_log()) + "ragged\n")
    loader.load()
    assert loader.ask(query) == fast
