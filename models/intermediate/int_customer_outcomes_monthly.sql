with

outcomes as (

    select * from {{ ref('stg_outcomes') }}

),

-- from one row per outcome to one row per customer's month; a conversion judges no answer
outcomes_per_customer as (

    select
        cast(date_trunc('month', occurred_date) as date) as usage_month,
        customer_id,
        count(*) filter (where outcome_kind in ('accepted', 'correct')) as accepted_outcome_count,
        count(*) filter (
            where outcome_kind in ('accepted', 'correct', 'rejected', 'incorrect')
        ) as judged_outcome_count
    from outcomes
    group by cast(date_trunc('month', occurred_date) as date), customer_id

)

select * from outcomes_per_customer
