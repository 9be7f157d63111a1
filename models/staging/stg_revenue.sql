with

revenue as (

    select * from {{ source('raw', 'revenue') }}

),

revenue_lines as (

    select
        invoice_id,
        line_id,
        customer_id,
        kind,
        currency,
        period_start as period_start_date,
        period_end as period_end_date,
        amount as revenue_amount
    from revenue

)

select * from revenue_lines
