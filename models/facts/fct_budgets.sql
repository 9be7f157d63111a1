with

budget_lines as (

    select * from {{ ref('stg_budgets') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

newest_rates as (

    select
        currency,
        max(rate_date) as last_rate_date
    from exchange_rates
    group by currency

),

-- a month ahead has no rate yet: until it comes, the newest one stands for it
budgets as (

    select
        budget_lines.budget_month,
        budget_lines.component,
        budget_lines.currency,
        cast(budget_lines.budget_amount as decimal(38, 12)) as budget_amount,
        {{ in_reporting_currency(
            'budget_lines.budget_amount', 'budget_lines.currency',
            'exchange_rates.reporting_units_per_unit'
        ) }} as budget_usd
    from budget_lines
    left join newest_rates
        on budget_lines.currency = newest_rates.currency
    left join exchange_rates
        on
            budget_lines.currency = exchange_rates.currency
            and exchange_rates.rate_date
            = least(budget_lines.budget_month, newest_rates.last_rate_date)

)

select * from budgets
