"""Files of every bulk format, written by DuckDB from one table of made-up calls. Synthetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

CALLS = """
create or replace temp table calls as
select
    n,
    'req-' || lpad(cast(n as varchar), 12, '0') as id,
    timestamp '2026-10-01' + n * interval '7 millisecond' as moment,
    'model-' || cast(n % 7 as varchar) as model,
    'customer-' || cast(hash(n) % 400 as varchar) as customer,
    'user-' || cast(hash(n + 1) % 4000 as varchar) as person,
    'feature-' || cast(n % 9 as varchar) as feature,
    200 + cast(hash(n + 2) % 4000 as integer) as fresh,
    cast(hash(n + 3) % 900 as integer) as cached,
    20 + cast(hash(n + 4) % 700 as integer) as written,
    cast(1 + hash(n + 5) % 90000 as bigint) / 1000000 as cost
from range({rows}) as numbers (n)
"""


@dataclass(frozen=True)
class Case:
    """A format to measure: the feed, the file's name, how DuckDB writes it, and from what."""

    name: str
    feed: str
    file: str
    options: str
    query: str


CANONICAL = """
select
    id as request_id, strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ') as started_at, model,
    customer as customer_id, person as user_id, feature, fresh + cached as input_tokens,
    cached as cache_read_tokens, written as output_tokens, printf('%.6f', cost) as reported_cost,
    'USD' as currency
from calls
"""
# Parquet holds times as times and money as decimals.
TYPED = """
select
    id as request_id, moment as started_at, model, customer as customer_id, person as user_id,
    feature, fresh + cached as input_tokens, cached as cache_read_tokens,
    written as output_tokens, cast(cost as decimal(18, 6)) as reported_cost, 'USD' as currency
from calls
"""
STANDARD_LOGGING = """
select
    id, epoch(moment) as "startTime", epoch(moment) + 1.5 as "endTime", cost as response_cost,
    model, 'openai' as custom_llm_provider, 'success' as status, fresh + cached as prompt_tokens,
    written as completion_tokens, customer as end_user, false as cache_hit,
    ['feature:' || feature] as request_tags,
    {'user_api_key_user_id': person, 'usage_object': {'prompt_tokens_details':
        {'cached_tokens': cached}}} as metadata
from calls
"""
SPEND_LOGS = """
select
    id as request_id, cost as spend, fresh + cached as prompt_tokens,
    written as completion_tokens, strftime(moment, '%Y-%m-%d %H:%M:%S.%g') as "startTime",
    strftime(moment, '%Y-%m-%d %H:%M:%S.%g') as "endTime", model, person as "user",
    customer as end_user,
    '{"usage_object": {"prompt_tokens_details": {"cached_tokens": ' || cached || '}}}' as metadata,
    'None' as cache_hit, '["feature:' || feature || '"]' as request_tags
from calls
"""
SPAN = """
select [{
    'resource': {'attributes': [{'key': 'service.name', 'value': {'stringValue': 'gateway'}}]},
    'scopeSpans': [{'spans': [{
        'traceId': md5(id), 'spanId': left(md5(id), 16),
        'startTimeUnixNano': cast(epoch_ns(moment) as varchar),
        'endTimeUnixNano': cast(epoch_ns(moment) + 1500000000 as varchar),
        'attributes': [
            {'key': 'gen_ai.request.model', 'value': {'stringValue': model, 'intValue': null}},
            {'key': 'user.id', 'value': {'stringValue': person, 'intValue': null}},
            {'key': 'gen_ai.usage.input_tokens',
                'value': {'stringValue': null, 'intValue': cast(fresh + cached as varchar)}},
            {'key': 'gen_ai.usage.output_tokens',
                'value': {'stringValue': null, 'intValue': cast(written as varchar)}}
        ]
    }]}]
}] as "resourceSpans"
from calls
"""
OBSERVATIONS = """
select
    id, md5(id) as trace_id, 'GENERATION' as type,
    strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ') as start_time,
    strftime(moment + interval '1 second', '%Y-%m-%dT%H:%M:%S.%gZ') as end_time,
    model as provided_model_name,
    {'input': fresh, 'cache_read_input_tokens': cached, 'output': written} as usage_details,
    {'total': cost} as cost_details, cost as total_cost, 'DEFAULT' as level,
    strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ') as updated_at
from calls
"""
ACTIVITY = """
select
    id as generation_id, strftime(moment, '%Y-%m-%d %H:%M:%S.%g') as created_at, cost as cost_total,
    fresh + cached as tokens_prompt, written as tokens_completion, 0 as tokens_reasoning,
    cached as tokens_cached, model as model_permaslug, 'openai' as provider_name,
    false as cancelled, person as user, 1500 as generation_time_ms, 'key' as api_key_name,
    'app' as app_name
from calls
"""
INVOCATIONS = """
select
    'ModelInvocationLog' as "schemaType", strftime(moment, '%Y-%m-%dT%H:%M:%SZ') as timestamp,
    id as "requestId", 'anthropic.' || model as "modelId", {'arn': 'arn:aws:iam::1:' || person}
        as identity,
    {'inputTokenCount': fresh, 'cacheReadInputTokenCount': cached, 'cacheWriteInputTokenCount': 0}
        as input,
    {'outputTokenCount': written} as output
from calls
"""
CHARGES = """
select
    cost as "BilledCost", cost as "EffectiveCost", 'USD' as "BillingCurrency",
    'Usage' as "ChargeCategory", 'gpu ' || n as "ChargeDescription", '2026-10-01T00:00:00Z'
        as "BillingPeriodStart", '2026-11-01T00:00:00Z' as "BillingPeriodEnd",
    strftime(date_trunc('hour', moment), '%Y-%m-%dT%H:%M:%SZ') as "ChargePeriodStart",
    strftime(date_trunc('hour', moment) + interval '1 hour', '%Y-%m-%dT%H:%M:%SZ')
        as "ChargePeriodEnd",
    '1' as "BillingAccountId", 'Cloud' as "InvoiceIssuerName", 'i-' || n as "ResourceId"
from calls
"""
JSON_GZ, CSV = "format json, compression gzip", "format csv, header"
LOGS = "inference_logs"
CASES = (
    Case("canonical CSV", LOGS, "calls.csv", CSV, CANONICAL),
    Case("canonical JSON lines", LOGS, "calls.jsonl", "format json", CANONICAL),
    Case("canonical JSON lines, gzip", LOGS, "calls.jsonl.gz", JSON_GZ, CANONICAL),
    Case("canonical Parquet", LOGS, "calls.parquet", "format parquet", TYPED),
    Case("LiteLLM payload, gzip", LOGS, "litellm.jsonl.gz", JSON_GZ, STANDARD_LOGGING),
    Case("LiteLLM spend logs", LOGS, "spend.csv", CSV, SPEND_LOGS),
    Case("OpenTelemetry spans, gzip", LOGS, "spans.jsonl.gz", JSON_GZ, SPAN),
    Case("Langfuse observations, gzip", LOGS, "langfuse.jsonl.gz", JSON_GZ, OBSERVATIONS),
    Case("OpenRouter activity", LOGS, "activity.csv", CSV, ACTIVITY),
    Case("Bedrock invocations, gzip", LOGS, "bedrock.jsonl.gz", JSON_GZ, INVOCATIONS),
    Case("FOCUS CSV", "gpu_billing", "focus.csv", CSV, CHARGES),
    Case("FOCUS Parquet", "gpu_billing", "focus.parquet", "format parquet", CHARGES),
)


def write_case(
    connection: duckdb.DuckDBPyConnection, case: Case, landing: Path, *, rows: int
) -> Path:
    """The case's file in a landing of its own, written once."""
    path = landing / case.feed / case.file
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(CALLS.format(rows=rows))
        partial = path.with_suffix(".part")
        connection.execute(f"copy ({case.query}) to '{partial}' ({case.options})")
        partial.rename(path)
    return path
