with

revenue_lines as (

    select * from {{ ref('stg_revenue') }}
    where kind = 'subscription' and revenue_amount > 0

),

-- a line cut short by a start in mid-month is shorter than the term, none is longer
terms as (

    select
        customer_id,
        greatest(
            max({{ months_apart('period_start_date', 'cast(period_end_date + 1 as date)') }}), 1
        ) as renewal_months
    from revenue_lines
    group by customer_id

)

select * from terms
