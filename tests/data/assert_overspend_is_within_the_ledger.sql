-- each dollar stands in one line: the lines sum to the total, and the total is within the ledger
with

overspend as (

    select * from {{ ref('overspend') }}

),

ledger as (

    select
        cost_month,
        sum(effective_usd) as ledger_usd
    from {{ ref('fct_costs') }}
    group by cost_month

),

totals as (

    select
        usage_month,
        sum(case when line = 'total' then overspend_usd end) as total_usd,
        sum(case when line <> 'total' then overspend_usd end) as lines_usd
    from overspend
    group by usage_month

)

select
    totals.usage_month,
    totals.total_usd,
    totals.lines_usd,
    ledger.ledger_usd
from totals
left join ledger
    on totals.usage_month = ledger.cost_month
where
    totals.total_usd <> totals.lines_usd
    or totals.total_usd > coalesce(ledger.ledger_usd, 0)
