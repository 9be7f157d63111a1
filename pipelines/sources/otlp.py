"""OpenTelemetry's GenAI spans as OTLP/JSON: what a collector's file exporter writes, line by line.

A row is a span that calls a model: one with token counts, a model or an operation of its own. Spans
of agents and tools repeat the tokens of the calls below them and are no rows, nor is any other
span. `gen_ai.usage.input_tokens` includes cache reads and writes, `output_tokens` reasoning, by the
conventions. The model that answered goes before the one asked for. What a span lacks is taken from
its resource, which is where the model of vLLM's spans can be named (OTEL_RESOURCE_ATTRIBUTES); a
service's name is no model, so a call without one is set aside. Attributes with the names of our
columns (`customer_id`, `feature`, ...) are read too; prompts, answers and events never are.

A call is identified by the id of its response, which other logs of it bear as well, so that two
instruments' spans of one call count once; else by trace and span, which a later delivery repeats.

Source: OpenTelemetry, "Semantic conventions for generative client AI spans" and "OTLP/JSON
Protobuf Encoding"; vLLM, `SpanAttributes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.litellm import NOTED
from pipelines.sources.otlp_spans import RESOURCE_SPANS, UNNEST, attribute

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

# Ollama draws its response ids from a thousand: so short a one is not unique.
SHORTEST_UNIQUE_ID = 16
DERIVED = {
    "call_id": attribute("call_id"),
    "started": "cast(item.started as bigint)",
    "ended": "cast(item.ended as bigint)",
}
NUMBERS = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens",
           "reasoning_tokens", "gpu_seconds")  # fmt: skip
TEXTS = ("provider", "model", "user_id", "session_id", "customer_id",
         *(name for name in NOTED if name not in NUMBERS))  # fmt: skip
SELECT = {
    **{name: attribute(name) for name in TEXTS},
    **{name: f"cast({attribute(name)} as double)" for name in NUMBERS},
    "request_id": (
        f"coalesce(case when length(call_id) >= {SHORTEST_UNIQUE_ID} then call_id end,"
        " nullif(item.trace_id, '') || '-' || nullif(item.span_id, ''), call_id)"
    ),
    "trace_id": "item.trace_id",
    "started_at": "make_timestamp(started // 1000)",
    "ended_at": "make_timestamp(ended // 1000)",
    "latency_ms": "(ended - started) / 1000000",
    "status": (
        f"case when {attribute('error')} is not null or item.status in ('2', 'STATUS_CODE_ERROR')"
        " then 'error' else 'success' end"
    ),
}
READING = Reading(
    columns={"resourceSpans": SourceColumn("resourceSpans", RESOURCE_SPANS, is_private=True)},
    select=SELECT,
    unnest=UNNEST,
    derived=DERIVED,
)


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for JSON, by the line or as one document, with the key resourceSpans."""
    return sample.container in {"json", "jsonl"} and sample.has("resourceSpans")


def reading(_sample: Sample, _feed: Feed) -> Reading:
    """The same for every file."""
    return READING


FORMAT = Format(
    name="otlp",
    feeds=("inference_logs",),
    marks="JSON with the key resourceSpans, by the line or as one document (OpenTelemetry)",
    recognise=recognise,
    reading=reading,
    private=True,
)
