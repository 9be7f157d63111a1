with

days_recosted as (

    select * from {{ ref('int_days_recosted') }}

),

served_usage as (

    select * from {{ ref('int_usage_served') }}

),

unallocated_costs as (

    select * from {{ ref('int_costs_unallocated') }}

),

all_usage as (

    select * from served_usage
    where usage_date in (select days_recosted.usage_date from days_recosted)
    union all by name
    select * from unallocated_costs

),

hourly_usage as (

    select
        usage_hour_at,
        usage_date,
        customer_id,
        segment,
        plan,
        feature,
        provider,
        model,
        model_version,
        purpose,
        gpu_pool,
        request_status,
        execution,
        cost_basis,
        cast(inference_requests as bigint) as inference_requests,
        cast(unpriced_requests as bigint) as unpriced_requests,
        cast(cache_measured_requests as bigint) as cache_measured_requests,
        cast(input_tokens as bigint) as input_tokens,
        cast(fresh_input_tokens as bigint) as fresh_input_tokens,
        cast(cache_read_tokens as bigint) as cache_read_tokens,
        cast(cache_write_tokens as bigint) as cache_write_tokens,
        cast(output_tokens as bigint) as output_tokens,
        cast(gpu_microseconds / 1000000 as double) as gpu_seconds,
        cast(summed_cache_read_share as double) as summed_cache_read_share,
        cast(direct_usd as decimal(38, 12)) as direct_usd,
        cast(idle_usd as decimal(38, 12)) as idle_usd,
        cast(api_usd as decimal(38, 12)) as api_usd,
        cast(direct_usd + idle_usd + api_usd as decimal(38, 12)) as cost_usd,
        cast(coalesce(cache_saving_usd, 0) as decimal(38, 12)) as cache_saving_usd,
        is_response_cache_hit,
        is_retry,
        is_unallocated
    from all_usage

)

select * from hourly_usage
