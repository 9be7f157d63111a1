with

outcomes as (

    select * from {{ source('raw', 'outcomes') }}

),

user_outcomes as (

    select
        outcome_id,
        customer_id,
        user_id,
        request_id,
        occurred_at,
        cast(occurred_at as date) as occurred_date,
        coalesce(feature, '(unattributed)') as feature,
        kind as outcome_kind,
        currency,
        value as outcome_amount
    from outcomes

)

select * from user_outcomes
