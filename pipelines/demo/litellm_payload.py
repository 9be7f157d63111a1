"""A day's calls as LiteLLM's proxy logs them: one StandardLoggingPayload per call.

Field names and types: LiteLLM, "StandardLoggingPayload Specification". What this company keeps
where (LiteLLM leaves it to its user, so a reader of these logs needs to know):

- `request_tags`: `feature:<feature>` and `purpose:<purpose>` (production, trial, internal,
  evaluation, monitoring), both on every call;
- `end_user` and `metadata.user_api_key_end_user_id`: the customer; null on the company's own calls;
- `metadata.user_api_key_user_id`: the person;
- `metadata.spend_logs_metadata`: `gpu_pool`, `gpu_seconds` (only calls that reached a pool),
  `model_version` (own models; null on some calls, time then tells), `execution` (`cloud`,
  `on_device`), `retry_of` (the `id` of the failed call that this one repeats);
- `prompt_tokens` includes cache reads and writes, which stand in
  `metadata.usage_object.prompt_tokens_details` as `cached_tokens` and `cache_creation_tokens`;
  reasoning tokens are part of `completion_tokens`;
- `response_cost`, USD: the price for a model API; null where the gateway knew no price (some calls
  of one model) and for the nightly extraction; 0 for other own models, failures and cache hits;
- `cache_hit` true: answered by the gateway; `id` is that of the repeated call with the suffix
  `_cache_hit<epoch>`, tokens are the repeated call's, `saved_cache_cost` is what it had cost;
- an API call that failed has no tokens and no `usage_object`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo.labels import labelled_calls

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from pipelines.demo.plan import Plan

PAYLOAD = """
with

calls as (

    select
        *,
        'chatcmpl-' || md5(id_prefix || day || '-' || source_call) as answer_id,
        input_nano / 1e9 as input_cost,
        output_nano / 1e9 as output_cost,
        (input_nano + output_nano) / 1e9 as total_cost,
        is_api and not is_failed and not is_cache_hit and is_priced as has_cost,
        is_failed and is_api as is_refused,
        case when is_on_device then 'ollama' else provider end as served_by
    from labelled_calls

)

select
    answer_id || case
        when is_cache_hit then '_cache_hit' || start_s else ''
    end as id,
    md5('trace-' || id_prefix || day || '-' || coalesce(retried_call, call)) as trace_id,
    md5('session-' || id_prefix || day || user_id || start_ms // 3600000) as session_id,
    'acompletion' as call_type,
    case
        when not is_priced or (pool = 'batch-inference' and not is_failed) then null
        when has_cost then total_cost else 0.0::double
    end as response_cost,
    case when has_cost then {
        'input_cost': input_cost, 'output_cost': output_cost,
        'total_cost': total_cost, 'tool_usage_cost': 0.0::double
    } end as cost_breakdown,
    case when is_failed then 'failure' else 'success' end as status,
    served_by as custom_llm_provider,
    prompt + completion as total_tokens,
    prompt as prompt_tokens,
    completion as completion_tokens,
    start_s as "startTime",
    end_s as "endTime",
    model,
    md5(model || api_base) as model_id,
    model as model_group,
    case when is_on_device then 'http://localhost:11434' else api_base end as api_base,
    {
        'user_api_key_alias': 'demo-company-synthetic',
        'user_api_key_team_id': 'demo-' || feature_name,
        'user_api_key_user_id': user_id,
        'user_api_key_end_user_id': customer_id,
        'spend_logs_metadata': {
            'gpu_pool': pool,
            'gpu_seconds': case when pool is not null then gpu_ms / 1e3 end,
            'model_version': version_name,
            'execution': case when is_on_device then 'on_device' else 'cloud' end,
            'retry_of': 'chatcmpl-' || md5(id_prefix || day || '-' || retried_call)
        },
        'usage_object': case when not is_refused then {
            'prompt_tokens': prompt, 'completion_tokens': completion,
            'total_tokens': prompt + completion,
            'prompt_tokens_details': {
                'cached_tokens': cache_read, 'cache_creation_tokens': cache_write
            },
            'completion_tokens_details': {'reasoning_tokens': reasoning}
        } end
    } as metadata,
    is_cache_hit as cache_hit,
    case when is_cache_hit then total_cost else 0.0::double end as saved_cache_cost,
    ['feature:' || feature_name, 'purpose:' || purpose_name] as request_tags,
    customer_id as end_user,
    'redacted-by-litellm' as messages,
    'redacted-by-litellm' as response,
    case when is_failed then {
        'error_code': case when is_api then '429' else '408' end,
        'error_class': case when is_api then 'RateLimitError' else 'Timeout' end,
        'llm_provider': served_by
    } end as error_information
from calls
"""


def payloads(
    connection: duckdb.DuckDBPyConnection, plan: Plan, calls: pl.DataFrame
) -> pl.DataFrame:
    """One row per call, in the order given, with LiteLLM's fields as columns."""
    connection.register("labelled_calls", labelled_calls(plan, calls))
    logged: pl.DataFrame = connection.sql(PAYLOAD).pl()
    return logged
