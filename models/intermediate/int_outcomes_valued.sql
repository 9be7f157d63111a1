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

-- few requests have an outcome: the others are left out before the join
models_of_requests as (

    select
        request_id,
        model,
        feature
    from requests
    where request_id in (select outcomes.request_id from outcomes)

),

valued_outcomes as (

    select
        outcomes.outcome_id,
        outcomes.customer_id,
        outcomes.occurred_date,
        coalesce(
            nullif(outcomes.feature, '(unattributed)'), models_of_requests.feature, '(unattributed)'
        ) as feature,
        coalesce(models_of_requests.model, '(unknown)') as model,
        outcomes.outcome_kind,
        {{ in_reporting_currency(
            'outcomes.outcome_amount', 'outcomes.currency',
            'exchange_rates.reporting_units_per_unit'
        ) }} as outcome_value_usd,
        outcomes.outcome_amount is not null as has_value
    from outcomes
    left join models_of_requests
        on outcomes.request_id = models_of_requests.request_id
    left join exchange_rates
        on
            outcomes.currency = exchange_rates.currency
            and outcomes.occurred_date = exchange_rates.rate_date

)

select * from valued_outcomes
