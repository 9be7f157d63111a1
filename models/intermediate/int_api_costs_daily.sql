with

days_recosted as (

    select * from {{ ref('int_days_recosted') }}

),

costed_usage as (

    select * from {{ ref('int_usage_costed') }}
    where cost_basis in ('reported', 'price_book')

),

-- from one row per hour × dimension to one row per day × provider × model × currency
api_costs_per_day as (

    select
        usage_date,
        provider,
        model,
        currency,
        cast(sum(api_amount) as decimal(38, 12)) as logged_amount,
        cast(sum(api_usd) as decimal(38, 12)) as logged_usd
    from costed_usage
    where usage_date in (select days_recosted.usage_date from days_recosted)
    group by usage_date, provider, model, currency

)

select * from api_costs_per_day
