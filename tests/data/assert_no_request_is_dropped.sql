-- every raw request is counted once, on its own day
with

raw_per_day as (

    select
        cast(started_at as date) as usage_date,
        count(*) as raw_requests
    from {{ source('raw', 'inference_logs') }}
    group by cast(started_at as date)

),

counted_per_day as (

    select
        usage_date,
        sum(inference_requests) as counted_requests
    from {{ ref('fct_inference_hourly') }}
    where not is_unallocated
    group by usage_date

)

select
    coalesce(raw_per_day.usage_date, counted_per_day.usage_date) as usage_date,
    raw_per_day.raw_requests,
    counted_per_day.counted_requests
from raw_per_day
full outer join counted_per_day
    on raw_per_day.usage_date = counted_per_day.usage_date
where raw_per_day.raw_requests is distinct from counted_per_day.counted_requests
