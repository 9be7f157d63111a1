with

rates as (

    select * from {{ ref('stg_exchange_rates') }}

),

-- rates are not published on weekends and holidays: the last one holds for a few days
following_rates as (

    select
        currency,
        rate_date,
        reporting_units_per_unit,
        lead(rate_date) over (partition by currency order by rate_date) as next_rate_date
    from rates

),

carried_rates as (

    select
        currency,
        reporting_units_per_unit,
        rate_date as published_date,
        cast({{ series(
            'rate_date',
            "least(coalesce(next_rate_date - 1, date '9999-01-01'), rate_date + "
            ~ var('exchange_rate_carry_days') ~ ")",
            '1 day'
        ) }} as date) as rate_date
    from following_rates

),

foreign_rates as (

    select
        currency,
        rate_date,
        published_date,
        reporting_units_per_unit
    from carried_rates
    where currency <> '{{ var("reporting_currency") }}'

)

select * from foreign_rates
