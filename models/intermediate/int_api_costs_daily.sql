with

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
    group by usage_date, provider, model, currency

)

select * from api_costs_per_day
