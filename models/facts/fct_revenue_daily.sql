with

revenue_days as (

    select * from {{ ref('int_revenue_days') }}

),

-- from one row per invoice line × day to one row per customer × kind × currency × day
revenue_per_customer_day as (

    select
        revenue_date,
        customer_id,
        kind,
        currency,
        cast(sum(revenue_amount) as decimal(38, 12)) as revenue_amount,
        cast(sum(revenue_usd) as decimal(38, 12)) as revenue_usd,
        count(*) filter (where revenue_usd is null) as unconverted_lines
    from revenue_days
    group by all

)

select * from revenue_per_customer_day
