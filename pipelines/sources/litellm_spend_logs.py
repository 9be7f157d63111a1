"""LiteLLM's table LiteLLM_SpendLogs, dumped as CSV or as JSON lines.

Times are UTC, costs US dollars, and `prompt_tokens` includes cache reads and writes. `cache_hit` is
the text True, False or None, and the id of a gateway cache hit has the suffix `_cache_hit<epoch>`.
The split of the tokens stands in `metadata`, a JSON text. Prompts and answers (`messages`,
`response`, `proxy_server_request`) are never read.

Source: LiteLLM, `schema.prisma` (model LiteLLM_SpendLogs) and `SpendLogsMetadata`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.litellm import COST, NOTED, STATUS, tagged
from pipelines.sources.quoting import literal

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

TEXTS = (
    "request_id", "model", "custom_llm_provider", "user", "end_user", "session_id", "status",
    "cache_hit", "request_tags", "metadata",
)  # fmt: skip
NUMBERS = ("spend", "prompt_tokens", "completion_tokens", "request_duration_ms")
TIMES = ("startTime", "endTime")
ANTHROPIC_USAGE = {
    "cache_read_input_tokens": "VARCHAR",
    "cache_creation_input_tokens": "VARCHAR",
}
# Numbers are taken out as text and cast below, so that a wrong one fails instead of vanishing.
METADATA = {
    "status": "VARCHAR",
    "user_api_key_user_id": "VARCHAR",
    "usage_object": {
        **ANTHROPIC_USAGE,
        "prompt_tokens_details": {"cached_tokens": "VARCHAR", "cache_creation_tokens": "VARCHAR"},
        "completion_tokens_details": {"reasoning_tokens": "VARCHAR"},
    },
    "additional_usage_values": ANTHROPIC_USAGE,
    "spend_logs_metadata": dict.fromkeys(NOTED, "VARCHAR"),
}
COLUMNS = {
    **{name: SourceColumn(name, is_private=name == "metadata") for name in TEXTS},
    **{name: SourceColumn(name, "DOUBLE") for name in NUMBERS},
    **{name: SourceColumn(name, "TIMESTAMPTZ") for name in TIMES},
}
DERIVED = {"noted": f"from_json(nullif(metadata, ''), {literal(json.dumps(METADATA))})"}


def _usage(openai: str, anthropic: str) -> str:
    return (
        f"cast(coalesce(noted.usage_object.prompt_tokens_details.{openai},"
        f" noted.usage_object.{anthropic}, noted.additional_usage_values.{anthropic}) as double)"
    )


SELECT = {
    "request_id": "request_id",
    "started_at": '"startTime"',
    "ended_at": '"endTime"',
    "provider": "custom_llm_provider",
    "model": "model",
    "model_version": "noted.spend_logs_metadata.model_version",
    "status": STATUS.format(status="coalesce(nullif(status, ''), noted.status)"),
    "customer_id": "end_user",
    "user_id": "coalesce(nullif(\"user\", ''), noted.user_api_key_user_id)",
    "session_id": "session_id",
    "feature": f"coalesce({tagged('feature')}, noted.spend_logs_metadata.feature)",
    "purpose": f"coalesce({tagged('purpose')}, noted.spend_logs_metadata.purpose)",
    "execution": "noted.spend_logs_metadata.execution",
    "gpu_pool": "noted.spend_logs_metadata.gpu_pool",
    "currency": "'USD'",
    "retry_of": "noted.spend_logs_metadata.retry_of",
    "latency_ms": 'coalesce(request_duration_ms, epoch_ms("endTime") - epoch_ms("startTime"))',
    "input_tokens": "prompt_tokens",
    "cache_read_tokens": _usage("cached_tokens", "cache_read_input_tokens"),
    "cache_write_tokens": _usage("cache_creation_tokens", "cache_creation_input_tokens"),
    "output_tokens": "completion_tokens",
    "reasoning_tokens": (
        "cast(noted.usage_object.completion_tokens_details.reasoning_tokens as double)"
    ),
    "gpu_seconds": "cast(noted.spend_logs_metadata.gpu_seconds as double)",
    "reported_cost": COST.format(cost="spend"),
    "response_cache_hit": "lower(cache_hit) = 'true'",
}


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for a table with the dump's own columns."""
    marked = sample.has("request_id", "startTime", "model", "spend")
    return marked and sample.container in {"csv", "jsonl"}


def reading(_sample: Sample, _feed: Feed) -> Reading:
    """The same for every file: columns that an older dump lacks are null."""
    return Reading(columns=COLUMNS, select=SELECT, derived=DERIVED)


FORMAT = Format(
    name="litellm_spend_logs",
    feeds=("inference_logs",),
    marks="CSV or JSON lines with the columns request_id, startTime, model and spend",
    recognise=recognise,
    reading=reading,
    private=True,
)
