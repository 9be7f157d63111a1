with

spend_lines as (

    select * from {{ ref('stg_acquisition_spend') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

converted_lines as (

    select
        spend_lines.spend_date,
        spend_lines.channel,
        spend_lines.campaign,
        spend_lines.currency,
        spend_lines.spend_amount,
        {{ in_reporting_currency(
            'spend_lines.spend_amount', 'spend_lines.currency',
            'exchange_rates.reporting_units_per_unit'
        ) }} as spend_usd
    from spend_lines
    left join exchange_rates
        on
            spend_lines.currency = exchange_rates.currency
            and spend_lines.spend_date = exchange_rates.rate_date

)

select * from converted_lines
