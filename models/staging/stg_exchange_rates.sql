with

exchange_rates as (

    select * from {{ source('raw', 'exchange_rates') }}

),

rates as (

    select
        rate_date,
        currency,
        rate_to_reporting as reporting_units_per_unit
    from exchange_rates

)

select * from rates
