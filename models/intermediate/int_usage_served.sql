with

costed_usage as (

    select * from {{ ref('int_usage_costed') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

usage_with_customer as (

    select
        costed_usage.*,
        coalesce(customers.plan, '(unknown)') as plan,
        coalesce(customers.segment, '(unknown)') as segment,
        costed_usage.direct_usd + costed_usage.idle_usd + costed_usage.api_usd as cost_usd
    from costed_usage
    left join customers
        on costed_usage.customer_id = customers.customer_id

),

-- from one row per hour × price and currency to one row per hour × published dimension
served_usage as (

    select
        usage_hour_at,
        usage_date,
        customer_id,
        segment,
        plan,
        feature,
        coalesce(provider, '(unknown)') as provider,
        model,
        model_version,
        purpose,
        coalesce(gpu_pool, '(none)') as gpu_pool,
        request_status,
        execution,
        cost_basis,
        sum(inference_requests) as inference_requests,
        sum(case when cost_usd is null then inference_requests else 0 end) as unpriced_requests,
        sum(cache_measured_requests) as cache_measured_requests,
        sum(input_tokens) as input_tokens,
        sum(fresh_input_tokens) as fresh_input_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_tokens) as cache_write_tokens,
        sum(output_tokens) as output_tokens,
        sum(gpu_microseconds) as gpu_microseconds,
        sum(summed_cache_read_share) as summed_cache_read_share,
        sum(direct_usd) as direct_usd,
        sum(idle_usd) as idle_usd,
        sum(api_usd) as api_usd,
        sum(cache_saving_usd) as cache_saving_usd,
        is_response_cache_hit,
        is_retry,
        false as is_unallocated
    from usage_with_customer
    group by all

)

select * from served_usage
