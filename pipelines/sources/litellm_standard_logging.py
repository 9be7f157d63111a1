"""LiteLLM's StandardLoggingPayload: one JSON object per call.

Times are epoch seconds, costs US dollars, and `prompt_tokens` includes cache reads and writes.
Their split stands in the usage object, in OpenAI's or in Anthropic's words. A gateway cache hit
keeps its id with the suffix `_cache_hit<epoch>`. Prompts and answers (`messages`, `response`) are
never read.

Source: LiteLLM, "StandardLoggingPayload Specification".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.litellm import COST, NOTED, STATUS, listed

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

USAGE = "metadata.usage_object"
NUMBERS = {
    "response_cost": "response_cost",
    "start_time": "startTime",
    "end_time": "endTime",
    "prompt_tokens": "prompt_tokens",
    "completion_tokens": "completion_tokens",
    "cached_tokens": f"{USAGE}.prompt_tokens_details.cached_tokens",
    "cache_creation_tokens": f"{USAGE}.prompt_tokens_details.cache_creation_tokens",
    "cache_read_input_tokens": f"{USAGE}.cache_read_input_tokens",
    "cache_creation_input_tokens": f"{USAGE}.cache_creation_input_tokens",
    "reasoning_tokens": f"{USAGE}.completion_tokens_details.reasoning_tokens",
    "gpu_seconds": "metadata.spend_logs_metadata.gpu_seconds",
}
TEXTS = {
    **{
        name: name
        for name in ("id", "trace_id", "session_id", "status", "model", "custom_llm_provider")
    },
    **{name: name for name in ("cache_hit", "end_user")},
    "key_user_id": "metadata.user_api_key_user_id",
    "key_end_user_id": "metadata.user_api_key_end_user_id",
    **{f"noted_{name}": f"metadata.spend_logs_metadata.{name}" for name in NOTED},
}
COLUMNS = {
    **{name: SourceColumn(path) for name, path in TEXTS.items() if name != "noted_gpu_seconds"},
    **{name: SourceColumn(path, "DOUBLE") for name, path in NUMBERS.items()},
    "request_tags": SourceColumn("request_tags", "VARCHAR[]"),
}
SELECT = {
    "request_id": "id",
    "started_at": "to_timestamp(start_time)",
    "ended_at": "to_timestamp(end_time)",
    "provider": "custom_llm_provider",
    "model": "model",
    "model_version": "noted_model_version",
    "status": STATUS.format(status="status"),
    "customer_id": "coalesce(nullif(end_user, ''), key_end_user_id)",
    "user_id": "key_user_id",
    "session_id": "session_id",
    "trace_id": "trace_id",
    "feature": f"coalesce({listed('feature')}, noted_feature)",
    "purpose": f"coalesce({listed('purpose')}, noted_purpose)",
    "execution": "noted_execution",
    "gpu_pool": "noted_gpu_pool",
    "currency": "'USD'",
    "retry_of": "noted_retry_of",
    "latency_ms": "round((end_time - start_time) * 1000, 3)",
    "input_tokens": "prompt_tokens",
    "cache_read_tokens": "coalesce(cached_tokens, cache_read_input_tokens)",
    "cache_write_tokens": "coalesce(cache_creation_tokens, cache_creation_input_tokens)",
    "output_tokens": "completion_tokens",
    "reasoning_tokens": "reasoning_tokens",
    "gpu_seconds": "gpu_seconds",
    "reported_cost": COST.format(cost="response_cost"),
    "response_cache_hit": "lower(cache_hit) = 'true'",
}


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for JSON lines with the payload's own keys."""
    return sample.container == "jsonl" and sample.has("id", "startTime", "model", "response_cost")


def reading(_sample: Sample, _feed: Feed) -> Reading:
    """The same for every file: keys that a payload lacks are null."""
    return Reading(columns=COLUMNS, select=SELECT)


FORMAT = Format(
    name="litellm_standard_logging",
    feeds=("inference_logs",),
    marks="JSON lines with the keys id, startTime, model and response_cost",
    recognise=recognise,
    reading=reading,
    private=True,
)
