with

months as (

    select * from {{ ref('dim_months') }}

),

dates as (

    select
        cast({{ series('usage_month', 'month_end_date', '1 day') }} as date) as calendar_date,
        usage_month as calendar_month,
        is_complete as is_month_complete
    from months

),

described_dates as (

    select
        calendar_date,
        calendar_month,
        cast(extract('year' from calendar_date) as integer) as year_number,
        cast(extract('quarter' from calendar_date) as integer) as quarter_number,
        cast(extract('isodow' from calendar_date) as integer) as iso_weekday_number,
        is_month_complete
    from dates

)

select * from described_dates
