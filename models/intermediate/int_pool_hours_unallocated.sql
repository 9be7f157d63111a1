with

days_recosted as (

    select * from {{ ref('int_days_recosted') }}

),

pool_hours as (

    select * from {{ ref('int_pool_hours_costed') }}
    where allocation_basis <> 'unbilled'

),

costed_usage as (

    select * from {{ ref('int_usage_costed') }}
    where cost_basis = 'gpu_pool'

),

allocated_per_pool_hour as (

    select
        gpu_pool,
        usage_hour_at,
        sum(direct_usd + idle_usd) as allocated_usd
    from costed_usage
    group by gpu_pool, usage_hour_at

),

-- what nobody worked for stays visible as idle cost of the pool
remaining_per_pool_hour as (

    select
        pool_hours.gpu_pool,
        pool_hours.usage_hour_at,
        cast(
            {{ from_picos('pool_hours.bill_picos') }}
            - coalesce(allocated_per_pool_hour.allocated_usd, 0) as decimal(38, 12)
        ) as idle_usd
    from pool_hours
    left join allocated_per_pool_hour
        on
            pool_hours.gpu_pool = allocated_per_pool_hour.gpu_pool
            and pool_hours.usage_hour_at = allocated_per_pool_hour.usage_hour_at
    where cast(pool_hours.usage_hour_at as date) in (
        select days_recosted.usage_date from days_recosted
    )

),

unallocated_pool_hours as (

    select
        gpu_pool,
        usage_hour_at,
        idle_usd
    from remaining_per_pool_hour
    where idle_usd <> 0

)

select * from unallocated_pool_hours
