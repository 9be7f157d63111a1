with

revenue_lines as (

    select * from {{ ref('stg_revenue') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

lines_with_rate as (

    select
        revenue_lines.*,
        case
            when revenue_lines.currency = '{{ var("reporting_currency") }}' then 1
            else exchange_rates.reporting_units_per_unit
        end as reporting_units_per_unit,
        {{ to_picos('revenue_lines.revenue_amount') }} as line_picos,
        -- a subscription is earned day by day, everything else on the day its period starts
        case
            when revenue_lines.kind = 'subscription' then revenue_lines.period_end_date
            else revenue_lines.period_start_date
        end as last_revenue_date
    from revenue_lines
    left join exchange_rates
        on
            revenue_lines.currency = exchange_rates.currency
            and revenue_lines.period_start_date = exchange_rates.rate_date

),

line_days as (

    select
        *,
        cast({{ series('period_start_date', 'last_revenue_date', '1 day') }} as date)
            as revenue_date,
        {{ integer_divide('line_picos', '10000000000') }} as line_cents,
        cast(last_revenue_date - period_start_date + 1 as hugeint) as day_count
    from lines_with_rate

),

split_days as (

    select
        invoice_id,
        line_id,
        customer_id,
        kind,
        currency,
        revenue_date,
        reporting_units_per_unit,
        10000000000 * {{ split_evenly(
            'line_cents', 'day_count', '(revenue_date - period_start_date + 1)'
        ) }}
        + case when revenue_date = period_start_date then line_picos % 10000000000 else 0 end
            as revenue_picos
    from line_days

),

revenue_days as (

    select
        invoice_id,
        line_id,
        customer_id,
        kind,
        currency,
        revenue_date,
        {{ from_picos('revenue_picos') }} as revenue_amount,
        {{ in_reporting_currency(
            from_picos('revenue_picos'), 'currency', 'reporting_units_per_unit'
        ) }} as revenue_usd
    from split_days

)

select * from revenue_days
