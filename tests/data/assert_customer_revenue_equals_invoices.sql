-- R over customers = R over invoices, per currency, to the cent
with

invoiced as (

    select
        currency,
        sum(revenue_amount) as invoiced_amount
    from {{ ref('stg_revenue') }}
    group by currency

),

earned as (

    select
        currency,
        sum(revenue_amount) as earned_amount
    from {{ ref('fct_revenue_daily') }}
    group by currency

)

select
    invoiced.currency,
    invoiced.invoiced_amount,
    earned.earned_amount
from invoiced
left join earned
    on invoiced.currency = earned.currency
where abs(invoiced.invoiced_amount - coalesce(earned.earned_amount, 0)) >= 0.01
