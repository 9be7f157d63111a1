with

charge_slots as (

    select * from {{ ref('int_charges_spread') }}
    where
        component = 'inference_compute' and gpu_pool is not null
        and cast(slot_starts_at as date) in (
            select usage_date from {{ ref('int_days_recosted') }}
        )

),

pool_usage as (

    select * from {{ ref('int_usage_priced') }}
    where cost_basis = 'gpu_pool'

),

bill_per_pool_hour as (

    select
        gpu_pool,
        slot_starts_at as usage_hour_at,
        sum({{ to_picos('effective_usd') }}) as bill_picos,
        cast(sum(capacity_gpu_microseconds) as hugeint) as capacity_gpu_microseconds
    from charge_slots
    where effective_usd is not null
    group by gpu_pool, slot_starts_at

),

busy_per_pool_hour as (

    select
        gpu_pool,
        usage_hour_at,
        cast(sum(gpu_microseconds) as hugeint) as busy_gpu_microseconds,
        cast(sum({{ token_weight() }}) as hugeint) as token_weight,
        sum(unmeasured_requests) as unmeasured_requests
    from pool_usage
    group by gpu_pool, usage_hour_at

),

pool_hours as (

    select
        coalesce(bill_per_pool_hour.gpu_pool, busy_per_pool_hour.gpu_pool) as gpu_pool,
        coalesce(bill_per_pool_hour.usage_hour_at, busy_per_pool_hour.usage_hour_at)
            as usage_hour_at,
        bill_per_pool_hour.bill_picos,
        nullif(bill_per_pool_hour.capacity_gpu_microseconds, 0) as capacity_gpu_microseconds,
        coalesce(busy_per_pool_hour.busy_gpu_microseconds, 0) as busy_gpu_microseconds,
        coalesce(busy_per_pool_hour.token_weight, 0) as token_weight,
        case
            when bill_per_pool_hour.bill_picos is null then 'unbilled'
            when busy_per_pool_hour.usage_hour_at is null then 'no_traffic'
            when busy_per_pool_hour.unmeasured_requests > 0 then 'tokens'
            when bill_per_pool_hour.capacity_gpu_microseconds > 0 then 'gpu_seconds'
            else 'busy_share'
        end as allocation_basis
    from bill_per_pool_hour
    full outer join busy_per_pool_hour
        on
            bill_per_pool_hour.gpu_pool = busy_per_pool_hour.gpu_pool
            and bill_per_pool_hour.usage_hour_at = busy_per_pool_hour.usage_hour_at

),

-- direct = bill × busy ÷ capacity; an overcommitted hour is scaled down to its capacity
pool_hours_with_direct as (

    select
        *,
        coalesce(
            allocation_basis = 'gpu_seconds'
            and busy_gpu_microseconds > capacity_gpu_microseconds,
            false
        ) as is_overcommitted,
        cast(
            case
                when allocation_basis = 'unbilled' then null
                when allocation_basis = 'no_traffic' then 0
                when allocation_basis = 'tokens' then bill_picos * sign(token_weight)
                when allocation_basis = 'busy_share'
                    then bill_picos * sign(busy_gpu_microseconds)
                else
                    sign(bill_picos) * {{ integer_divide(
                        'abs(bill_picos) * least(busy_gpu_microseconds, capacity_gpu_microseconds)',
                        'capacity_gpu_microseconds'
                    ) }}
            end as hugeint
        ) as direct_picos
    from pool_hours

),

costed_pool_hours as (

    select
        gpu_pool,
        usage_hour_at,
        allocation_basis,
        bill_picos,
        direct_picos,
        bill_picos - direct_picos as idle_picos,
        capacity_gpu_microseconds,
        busy_gpu_microseconds,
        token_weight,
        is_overcommitted
    from pool_hours_with_direct

)

select * from costed_pool_hours
