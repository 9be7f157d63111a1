-- direct + idle = bill, per pool hour, to the last digit
with

allocated_per_pool_hour as (

    select
        gpu_pool,
        usage_hour_at,
        sum(cost_usd) as allocated_usd
    from {{ ref('fct_inference_hourly') }}
    where cost_basis in ('gpu_pool', 'idle')
    group by gpu_pool, usage_hour_at

),

billed_per_pool_hour as (

    select
        gpu_pool,
        usage_hour_at,
        {{ from_picos('bill_picos') }} as billed_usd
    from {{ ref('int_pool_hours_costed') }}
    where allocation_basis <> 'unbilled'

)

select
    billed_per_pool_hour.gpu_pool,
    billed_per_pool_hour.usage_hour_at,
    billed_per_pool_hour.billed_usd,
    allocated_per_pool_hour.allocated_usd
from billed_per_pool_hour
left join allocated_per_pool_hour
    on
        billed_per_pool_hour.gpu_pool = allocated_per_pool_hour.gpu_pool
        and billed_per_pool_hour.usage_hour_at = allocated_per_pool_hour.usage_hour_at
where billed_per_pool_hour.billed_usd <> coalesce(allocated_per_pool_hour.allocated_usd, 0)
