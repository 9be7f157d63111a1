"""The shape of OTLP/JSON, and the model calls in it: the items that `otlp` makes rows of.

An item has the span's ids, times and status, and of its attributes and those of its resource the
ones that are read, as the lists `keys` and `texts`: the span's own first. Nothing else of a span
gets that far.

Source: OpenTelemetry, "OTLP/JSON Protobuf Encoding" and "Semantic conventions for generative AI".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources.litellm import NOTED
from pipelines.sources.quoting import literal

if TYPE_CHECKING:
    from collections.abc import Iterable

# Numbers are strings in OTLP/JSON, and some exporters write them as numbers: text takes both.
ATTRIBUTES = (
    'STRUCT("key" VARCHAR, "value"'
    ' STRUCT("stringValue" VARCHAR, "intValue" VARCHAR, "doubleValue" VARCHAR))[]'
)
SPANS = (
    'STRUCT("traceId" VARCHAR, "spanId" VARCHAR, "startTimeUnixNano" VARCHAR,'
    f' "endTimeUnixNano" VARCHAR, "attributes" {ATTRIBUTES}, "status" STRUCT("code" VARCHAR))[]'
)
RESOURCE_SPANS = (
    f'STRUCT("resource" STRUCT("attributes" {ATTRIBUTES}),'
    f' "scopeSpans" STRUCT("spans" {SPANS})[])[]'
)
# The names an attribute has had, the present one first.
NAMES = {
    "model": ("gen_ai.response.model", "gen_ai.request.model"),
    "provider": ("gen_ai.provider.name", "gen_ai.system"),
    "call_id": ("gen_ai.response.id", "gen_ai.request.id"),
    "session_id": ("gen_ai.conversation.id", "session.id"),
    "user_id": ("user.id", "enduser.id"),
    "error": ("error.type",),
    "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
    "cache_read_tokens": (
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
    ),
    "cache_write_tokens": (
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
    ),
    "reasoning_tokens": ("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"),
    **{name: (name,) for name in ("customer_id", *NOTED)},
}
MARKS = (
    "gen_ai.operation.name",
    *NAMES["model"],
    *NAMES["input_tokens"],
    *NAMES["output_tokens"],
)
NO_CALLS = ("create_agent", "execute_tool", "invoke_agent", "invoke_workflow", "retrieval")


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(literal(name) for name in names)}]"


WANTED = _list(name for names in NAMES.values() for name in names)
VALUE = (
    "coalesce(attribute.value.stringValue, attribute.value.intValue, attribute.value.doubleValue)"
)
IS_CALL = (
    f"len(list_filter(span.attributes, lambda attribute: attribute.key in {_list(MARKS)})) > 0"
    " and len(list_filter(span.attributes, lambda attribute: attribute.key ="
    f" 'gen_ai.operation.name' and attribute.value.stringValue in {_list(NO_CALLS)})) = 0"
)


def _wanted(owner: str, part: str) -> str:
    """Of the attributes of a span or resource only those that are read: their keys or values."""
    wanted = f"list_filter({owner}.attributes, lambda attribute: attribute.key in {WANTED})"
    return f"list_transform({wanted}, lambda attribute: {part})"


def _both(part: str) -> str:
    return f"list_concat({_wanted('span', part)}, {_wanted('resource_spans.resource', part)})"


ITEM = (
    "{'trace_id': span.traceId, 'span_id': span.spanId, 'started': span.startTimeUnixNano,"
    " 'ended': nullif(span.endTimeUnixNano, '0'), 'status': span.status.code,"
    f" 'keys': {_both('attribute.key')}, 'texts': {_both(VALUE)}}}"
)
UNNEST = (
    'flatten(list_transform("resourceSpans", lambda resource_spans:'
    " flatten(list_transform(resource_spans.scopeSpans, lambda scope_spans:"
    f" list_transform(list_filter(scope_spans.spans, lambda span: {IS_CALL}),"
    f" lambda span: {ITEM})))))"
)


def attribute(column: str) -> str:
    """Its text: the span's own first, and of several names the present one first."""
    found = (
        f"nullif(list_extract(item.texts, list_position(item.keys, {literal(name)})), '')"
        for name in NAMES[column]
    )
    return f"coalesce({', '.join(found)}, null)"
