with

unallocated_pool_hours as (

    select * from {{ ref('int_pool_hours_unallocated') }}

),

compared_api_bills as (

    select * from {{ ref('int_api_bills_compared') }}

),

-- costs that no request can be named for; they keep the totals equal to the bills
unallocated_costs as (

    select
        usage_hour_at,
        cast(null as varchar) as provider,
        gpu_pool,
        'idle' as cost_basis,
        idle_usd,
        cast(0 as decimal(38, 12)) as api_usd
    from unallocated_pool_hours
    union all
    select
        cast(usage_month as timestamp) as usage_hour_at,
        provider,
        cast(null as varchar) as gpu_pool,
        'billed_not_logged' as cost_basis,
        cast(0 as decimal(38, 12)) as idle_usd,
        unlogged_usd as api_usd
    from compared_api_bills
    where unlogged_usd <> 0

),

unallocated_usage as (

    select
        usage_hour_at,
        cast(usage_hour_at as date) as usage_date,
        '(unallocated)' as customer_id,
        '(unallocated)' as segment,
        '(unallocated)' as plan,
        '(unallocated)' as feature,
        coalesce(provider, '(unallocated)') as provider,
        '(unallocated)' as model,
        '(unallocated)' as model_version,
        'production' as purpose,
        coalesce(gpu_pool, '(none)') as gpu_pool,
        'none' as request_status,
        'cloud' as execution,
        cost_basis,
        0 as inference_requests,
        0 as unpriced_requests,
        0 as cache_measured_requests,
        0 as input_tokens,
        0 as fresh_input_tokens,
        0 as cache_read_tokens,
        0 as cache_write_tokens,
        0 as output_tokens,
        0 as gpu_microseconds,
        0 as summed_cache_read_share,
        0 as direct_usd,
        idle_usd,
        api_usd,
        0 as cache_saving_usd,
        false as is_response_cache_hit,
        false as is_retry,
        true as is_unallocated
    from unallocated_costs

)

select * from unallocated_usage
