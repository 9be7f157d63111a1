-- every outcome that was delivered stands in exactly one month, customer, feature and model
with

delivered as (

    select count(*) as delivered_count from {{ ref('stg_outcomes') }}

),

counted as (

    select coalesce(sum(outcome_count), 0) as counted_count from {{ ref('fct_outcome_months') }}

)

select
    delivered.delivered_count,
    counted.counted_count
from delivered
cross join counted
where delivered.delivered_count <> counted.counted_count
