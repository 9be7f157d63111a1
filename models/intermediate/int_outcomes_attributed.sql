with

outcomes as (

    select * from {{ ref('stg_outcomes') }}

),

requests as (

    select * from {{ ref('stg_inference_logs') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- an outcome counts for the feature it names, else for that of its call, which says who served it
attributed_outcomes as (

    select
        outcomes.outcome_id,
        outcomes.customer_id,
        cast(date_trunc('month', outcomes.occurred_date) as date) as usage_month,
        case
            when outcomes.feature = '(unattributed)'
                then coalesce(requests.feature, outcomes.feature)
            else outcomes.feature
        end as feature,
        requests.model,
        {{ serving_way('requests.execution', 'requests.is_response_cache_hit') }} as serving_way,
        outcomes.outcome_kind in ('accepted', 'correct') as is_good,
        outcomes.outcome_kind in ('accepted', 'correct', 'rejected', 'incorrect') as is_judgement,
        outcomes.outcome_amount is not null
        and outcomes.currency <> '{{ var("reporting_currency") }}'
        and exchange_rates.reporting_units_per_unit is null as is_unconverted,
        {{ in_reporting_currency(
            'outcomes.outcome_amount', 'outcomes.currency', 'exchange_rates.reporting_units_per_unit'
        ) }} as outcome_value_usd
    from outcomes
    left join requests
        on outcomes.request_id = requests.request_id
    left join exchange_rates
        on
            outcomes.currency = exchange_rates.currency
            and outcomes.occurred_date = exchange_rates.rate_date

)

select * from attributed_outcomes
