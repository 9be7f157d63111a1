with

spend_lines as (

    select * from {{ ref('int_acquisition_spend_converted') }}

),

-- from one row per spend line to one row per day × channel × currency
spend_per_day as (

    select
        spend_date,
        channel,
        currency,
        cast(sum(spend_amount) as decimal(38, 12)) as spend_amount,
        cast(sum(spend_usd) as decimal(38, 12)) as spend_usd,
        count(*) filter (where spend_usd is null) as unconverted_lines
    from spend_lines
    group by spend_date, channel, currency

)

select * from spend_per_day
