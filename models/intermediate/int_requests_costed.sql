with

priced_requests as (

    select * from {{ ref('int_requests_priced') }}

),

pool_hours as (

    select * from {{ ref('int_pool_hours_costed') }}

),

-- what a customer bears of a pool hour's idle time, and the work it is shared by
idle_per_customer_hour as (

    select
        gpu_pool,
        usage_hour_at,
        customer_id,
        {{ to_picos('sum(idle_usd)') }} as idle_picos,
        cast(round(sum(gpu_seconds) * 1000000) as hugeint) as busy_gpu_microseconds,
        sum({{ token_weight() }}) as token_weight
    from {{ ref('fct_inference_hourly') }}
    where cost_basis = 'gpu_pool' and not is_unallocated
    group by gpu_pool, usage_hour_at, customer_id

),

-- a request's work beside all work of its pool hour, and beside its customer's
requests_with_work as (

    select
        priced_requests.*,
        pool_hours.allocation_basis,
        pool_hours.direct_picos,
        idle_per_customer_hour.idle_picos,
        case pool_hours.allocation_basis
            when 'tokens' then pool_hours.token_weight
            else pool_hours.busy_gpu_microseconds
        end as hour_weight,
        case pool_hours.allocation_basis
            when 'tokens' then idle_per_customer_hour.token_weight
            else idle_per_customer_hour.busy_gpu_microseconds
        end as customer_weight,
        case pool_hours.allocation_basis
            when 'tokens' then {{ token_weight('priced_requests.') }}
            else priced_requests.gpu_microseconds
        end as weight
    from priced_requests
    left join pool_hours
        on
            priced_requests.gpu_pool = pool_hours.gpu_pool
            and priced_requests.usage_hour_at = pool_hours.usage_hour_at
    left join idle_per_customer_hour
        on
            priced_requests.gpu_pool = idle_per_customer_hour.gpu_pool
            and priced_requests.usage_hour_at = idle_per_customer_hour.usage_hour_at
            and priced_requests.customer_id = idle_per_customer_hour.customer_id

),

requests_with_share as (

    select
        *,
        case
            when cost_basis <> 'gpu_pool' then 0
            when allocation_basis <> 'unbilled'
                then coalesce({{ integer_divide('direct_picos * weight', 'hour_weight') }}, 0)
        end as direct_share_picos,
        case
            when cost_basis <> 'gpu_pool' then 0
            when allocation_basis <> 'unbilled'
                then coalesce({{ integer_divide('idle_picos * weight', 'customer_weight') }}, 0)
        end as idle_share_picos
    from requests_with_work

),

costed_requests as (

    select
        request_id,
        trace_id,
        session_id,
        user_id,
        customer_id,
        feature,
        purpose,
        provider,
        model,
        model_version,
        gpu_pool,
        request_status,
        execution,
        started_at,
        usage_hour_at,
        usage_date,
        cost_basis,
        is_response_cache_hit,
        is_retry,
        input_tokens,
        output_tokens,
        gpu_seconds,
        {{ from_picos('direct_share_picos') }} as direct_usd,
        {{ from_picos('idle_share_picos') }} as idle_usd,
        cast(api_usd as decimal(38, 12)) as api_usd,
        cast(
            {{ from_picos('direct_share_picos + idle_share_picos') }} + api_usd as decimal(38, 12)
        ) as cost_usd
    from requests_with_share

)

select * from costed_requests
