"""Langfuse's export of observations, legacy or enriched, as CSV, JSON lines or Parquet.

Model calls are generations and embeddings; observations of the other types that Langfuse knows are
no rows of the feed. Times are UTC without a zone and costs US dollars. Token counts are exclusive
buckets: `input` lacks the `input_*` ones, cached tokens among them, and `output` the `output_*`
ones; here they are added up. Where OpenAI's own keys were stored, those counts include them
already. `latency` is in seconds (in milliseconds in some older exports) and read only where
`end_time` is missing. Export windows overlap: of rows with one id the latest `updated_at` stays.

Whose call it was stands on the trace (see `langfuse_traces`), in enriched exports on the call too.
`metadata` is read for the names of our columns; `input` and `output` never are.

Source: Langfuse, "Blob storage export field reference" and "Token and cost tracking" (usage types
are mutually exclusive buckets).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.litellm import COST, NOTED, tagged
from pipelines.sources.quoting import literal

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

CONTAINERS = {"csv", "jsonl", "parquet"}
MARKS = ("id", "trace_id", "type", "start_time", "provided_model_name")
TEXTS = ("id", "trace_id", "type", "level", "provided_model_name", "user_id", "session_id")
TIMES = ("start_time", "end_time", "updated_at")
NUMBERS = ("latency", "total_cost")
# Parquet holds maps and lists, the text formats JSON: all are looked at as JSON.
NESTED = ("usage_details", "cost_details", "metadata", "tags")
# What is kept out is named, so that a type yet unknown is seen and not passed over.
NO_CALLS = (
    "SPAN", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EVALUATOR", "GUARDRAIL",
)  # fmt: skip
IS_ROW = f"coalesce(type, '') not in ({', '.join(literal(name) for name in NO_CALLS)})"
CACHE_READ = "regexp_matches(usage.key, 'cached|cache_read')"
CACHE_WRITE = "regexp_matches(usage.key, 'cache_write|cache_creation')"
INPUT = f"regexp_matches(usage.key, '^input(_|$)') or {CACHE_READ} or {CACHE_WRITE}"
REASONING = "contains(usage.key, 'reasoning')"
OUTPUT = f"regexp_matches(usage.key, '^output(_|$)') or {REASONING}"


def noted_in_metadata(*names: str) -> str:
    """The struct of what `metadata` notes under the names of our columns; null without metadata."""
    shape = json.dumps(dict.fromkeys(names, "VARCHAR"))
    return f"from_json(nullif(cast(metadata as varchar), ''), {literal(shape)})"


def nested_columns(sample: Sample, *names: str) -> dict[str, SourceColumn]:
    """Maps, lists and JSON of a file as JSON; `metadata` can hold anybody's words."""
    data_type = "JSON" if sample.container == "parquet" else "VARCHAR"
    return {name: SourceColumn(name, data_type, is_private=name == "metadata") for name in names}


def _tokens(condition: str) -> str:
    """The sum of the buckets that meet the condition; null where there is none."""
    buckets = f"list_filter(buckets, lambda usage: {condition})"
    return f"list_sum(list_transform({buckets}, lambda usage: usage.value))"


def _bucket(key: str) -> str:
    return _tokens(f"usage.key = {literal(key)}")


DERIVED = {
    "noted": noted_in_metadata("customer_id", *NOTED),
    "buckets": (
        "map_entries(cast(cast(nullif(cast(usage_details as varchar), '') as json)"
        " as map(varchar, double)))"
    ),
}
SELECT = {
    **{name: f"noted.{name}" for name in NOTED},
    "request_id": "id",
    "trace_id": "trace_id",
    "started_at": "start_time",
    "ended_at": "end_time",
    "updated_at": "updated_at",
    "model": "provided_model_name",
    "status": "case level when 'ERROR' then 'error' else 'success' end",
    "customer_id": "noted.customer_id",
    "user_id": "user_id",
    "session_id": "session_id",
    "feature": f"coalesce({tagged('feature', 'cast(tags as varchar)')}, noted.feature)",
    "purpose": f"coalesce({tagged('purpose', 'cast(tags as varchar)')}, noted.purpose)",
    "currency": "'USD'",
    "latency_ms": "coalesce((epoch_us(end_time) - epoch_us(start_time)) / 1000, latency * 1000)",
    "input_tokens": f"coalesce({_bucket('prompt_tokens')}, {_tokens(INPUT)})",
    "cache_read_tokens": _tokens(CACHE_READ),
    "cache_write_tokens": _tokens(CACHE_WRITE),
    "output_tokens": f"coalesce({_bucket('completion_tokens')}, {_tokens(OUTPUT)})",
    "reasoning_tokens": _tokens(REASONING),
    "gpu_seconds": "cast(noted.gpu_seconds as double)",
    # Without details nothing was priced: a total of 0 then means that no price was known.
    "reported_cost": (
        "case when total_cost > 0 or coalesce(cast(cost_details as varchar), '{}')"
        f" not in ('{{}}', '') then {COST.format(cost='total_cost')} end"
    ),
}


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for a table with the export's own columns."""
    return sample.container in CONTAINERS and sample.has(*MARKS)


def reading(sample: Sample, _feed: Feed) -> Reading:
    """The same for every file: columns that an export leaves out are null."""
    columns = {
        **{name: SourceColumn(name) for name in TEXTS},
        **{name: SourceColumn(name, "TIMESTAMPTZ") for name in TIMES},
        **{name: SourceColumn(name, "DOUBLE") for name in NUMBERS},
        **nested_columns(sample, *NESTED),
    }
    return Reading(columns=columns, select=SELECT, where=IS_ROW, derived=DERIVED)


FORMAT = Format(
    name="langfuse",
    feeds=("inference_logs",),
    marks=f"CSV, JSON lines or Parquet with the columns {', '.join(MARKS[:-1])} and {MARKS[-1]}",
    recognise=recognise,
    reading=reading,
    private=True,
)
