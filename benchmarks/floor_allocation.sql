-- The bill of a pool's hour, in whole 10^-12 dollars: what was worked, to who worked it; the rest,
-- idle, in the same proportion. Integer floor first, then one unit each to the largest remainders.
create table pool_hours as
with

bills as (

    select
        json_extract_string("Tags", '$.gpu_pool') as gpu_pool,
        date_trunc('hour', "ChargePeriodStart") as hour,
        cast(sum("EffectiveCost") * 1000000000000 as hugeint) as bill_picos,
        cast(sum("ConsumedQuantity") * 3600000000 as hugeint) as capacity
    from charges
    where json_extract_string("Tags", '$.purpose') = 'inference'
    group by all

),

busy as (

    select
        gpu_pool,
        hour,
        sum(gpu_microseconds) as work
    from priced_usage
    where gpu_pool is not null
    group by all

)

select
    bills.*,
    coalesce(busy.work, 0) as work,
    case when busy.work is null then 0
        else bill_picos * least(busy.work, capacity) // capacity end as direct_picos
from bills
left join busy using (gpu_pool, hour);

create table hourly_costs as
with

shares as (

    select
        usage_id,
        gpu_pool,
        hour,
        direct_picos,
        bill_picos - direct_picos as idle_picos,
        direct_picos * gpu_microseconds // work as direct_share,
        direct_picos * gpu_microseconds % work as direct_rest,
        (bill_picos - direct_picos) * gpu_microseconds // work as idle_share,
        (bill_picos - direct_picos) * gpu_microseconds % work as idle_rest
    from priced_usage
    inner join pool_hours using (gpu_pool, hour)

),

allocated as (

    select
        usage_id,
        direct_share + case
            when row_number() over (pool_hour order by direct_rest desc, usage_id)
                <= direct_picos - sum(direct_share) over pool_hour
                then 1
            else 0
        end as direct_picos,
        idle_share + case
            when row_number() over (pool_hour order by idle_rest desc, usage_id)
                <= idle_picos - sum(idle_share) over pool_hour
                then 1
            else 0
        end as idle_picos
    from shares
    window pool_hour as (partition by gpu_pool, hour)

)

select
    priced_usage.*,
    coalesce(customers.plan, '(unknown)') as plan,
    coalesce(customers.segment, '(unknown)') as segment,
    coalesce(direct_picos, 0) as direct_picos,
    coalesce(idle_picos, 0) as idle_picos
from priced_usage
left join allocated using (usage_id)
left join customers using (customer_id)
union all by name
select
    hour,
    gpu_pool,
    'production' as purpose,
    0 as requests,
    0 as input_tokens,
    0 as output_tokens,
    0 as api_picos,
    0 as direct_picos,
    bill_picos as idle_picos
from pool_hours
where work = 0;
