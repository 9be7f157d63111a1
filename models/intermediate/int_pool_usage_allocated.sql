with

usage_rows as (

    select * from {{ ref('int_usage_priced') }}

),

pool_hours as (

    select * from {{ ref('int_pool_hours_costed') }}

),

pool_usage as (

    select
        usage_rows.usage_key,
        usage_rows.gpu_pool,
        usage_rows.usage_hour_at,
        usage_rows.customer_id,
        pool_hours.direct_picos,
        pool_hours.idle_picos,
        case pool_hours.allocation_basis
            when 'tokens' then {{ token_weight() }}
            else cast(usage_rows.gpu_microseconds as hugeint)
        end as weight
    from usage_rows
    inner join pool_hours
        on
            usage_rows.gpu_pool = pool_hours.gpu_pool
            and usage_rows.usage_hour_at = pool_hours.usage_hour_at
    where usage_rows.cost_basis = 'gpu_pool' and pool_hours.allocation_basis <> 'unbilled'

),

weighted_usage as (

    select
        *,
        sum(weight) over (partition by gpu_pool, usage_hour_at) as hour_weight,
        sum(weight) over (partition by gpu_pool, usage_hour_at, customer_id) as customer_weight
    from pool_usage

),

customers_per_pool_hour as (

    select distinct
        gpu_pool,
        usage_hour_at,
        customer_id,
        idle_picos,
        {{ idle_weight() }} as idle_weight
    from weighted_usage

),

weighted_customers as (

    select
        *,
        sum(idle_weight) over (partition by gpu_pool, usage_hour_at) as hour_idle_weight
    from customers_per_pool_hour

),

-- idle time goes to the customers of the hour first, then to each one's own requests
idle_per_customer as (

    select
        gpu_pool,
        usage_hour_at,
        customer_id,
        {{ split_exactly(
            'idle_picos', 'idle_weight', 'hour_idle_weight', 'gpu_pool, usage_hour_at',
            'customer_id'
        ) }} as customer_idle_picos
    from weighted_customers

),

usage_with_idle as (

    select
        weighted_usage.*,
        idle_per_customer.customer_idle_picos
    from weighted_usage
    inner join idle_per_customer
        on
            weighted_usage.gpu_pool = idle_per_customer.gpu_pool
            and weighted_usage.usage_hour_at = idle_per_customer.usage_hour_at
            and weighted_usage.customer_id = idle_per_customer.customer_id

),

allocated_usage as (

    select
        usage_key,
        coalesce({{ split_exactly(
            'direct_picos', 'weight', 'hour_weight', 'gpu_pool, usage_hour_at', 'usage_key'
        ) }}, 0) as direct_picos,
        coalesce({{ split_exactly(
            'customer_idle_picos', 'weight', 'customer_weight',
            'gpu_pool, usage_hour_at, customer_id', 'usage_key'
        ) }}, 0) as idle_picos
    from usage_with_idle

)

select * from allocated_usage
