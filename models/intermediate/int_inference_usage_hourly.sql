with

requests as (

    select * from {{ ref('stg_inference_logs') }}

),

days_rebuilt as (

    select * from {{ ref('int_days_rebuilt') }}

),

model_periods as (

    select * from {{ ref('int_model_periods') }}

),

requests_with_period as (

    select
        requests.*,
        model_periods.period_starts_at as model_period_starts_at,
        coalesce(requests.model_version, model_periods.model_version, '(unknown)')
            as served_model_version
    from requests
    left join model_periods
        on
            requests.model = model_periods.model
            and requests.started_at >= model_periods.period_starts_at
            and requests.started_at < model_periods.period_ends_at
    {% if is_incremental() %}
        where
            requests.started_date in (select days_rebuilt.usage_date from days_rebuilt)
            and {{ within_rebuilt_days('requests.started_at') }}
    {% endif %}

),

-- from one row per request to one row per hour × everything a cost is asked by
usage_per_hour as (

    select
        started_hour_at as usage_hour_at,
        gpu_pool,
        provider,
        model,
        served_model_version as model_version,
        model_period_starts_at,
        customer_id,
        feature,
        purpose,
        request_status,
        execution,
        currency,
        is_response_cache_hit,
        is_retry,
        reported_amount is not null as has_reported_cost,
        count(*) as inference_requests,
        count(*) filter (where input_tokens > 0) as cache_measured_requests,
        count(*) filter (
            where gpu_seconds is null and input_tokens > 0
        ) as unmeasured_requests,
        cast(sum(coalesce(input_tokens, 0)) as bigint) as input_tokens,
        cast(sum(coalesce(cache_read_tokens, 0)) as bigint) as cache_read_tokens,
        cast(sum(coalesce(cache_write_tokens, 0)) as bigint) as cache_write_tokens,
        cast(sum(coalesce(output_tokens, 0)) as bigint) as output_tokens,
        cast(sum(coalesce(reasoning_tokens, 0)) as bigint) as reasoning_tokens,
        cast(sum(cast(coalesce(gpu_seconds, 0) * 1000000 as bigint)) as bigint)
            as gpu_microseconds,
        coalesce(
            sum(coalesce(cache_read_tokens, 0) / cast(nullif(input_tokens, 0) as double)), 0
        ) as summed_cache_read_share,
        cast(sum(reported_amount) as decimal(38, 12)) as reported_amount
    from requests_with_period
    group by all

),

keyed_usage as (

    select
        cast(usage_hour_at as date) as usage_date,
        {{ hash64([
            'usage_hour_at', 'gpu_pool', 'provider', 'model', 'model_version',
            'model_period_starts_at', 'customer_id', 'feature', 'purpose', 'request_status',
            'execution', 'currency', 'is_response_cache_hit', 'is_retry', 'has_reported_cost'
        ]) }} as usage_key,
        *
    from usage_per_hour

)

select * from keyed_usage
