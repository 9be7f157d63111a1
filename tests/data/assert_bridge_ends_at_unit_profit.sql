-- the bridge explains the published unit profit: its parts sum to the way between two months of it
with

bridge_per_month as (

    select
        usage_month,
        max(unit_profit_usd) as bridged_usd,
        max(last_unit_profit_usd) + sum(effect_usd) as summed_usd
    from {{ ref('unit_profit_bridge') }}
    where status <> 'not_computable'
    group by usage_month

),

published_per_month as (

    select
        usage_month,
        unit_profit_usd
    from {{ ref('ai_unit_profit') }}
    where scope_kind = 'product' and form = 'period' and unit_profit_usd is not null

)

select
    bridge_per_month.usage_month,
    bridge_per_month.bridged_usd,
    bridge_per_month.summed_usd,
    published_per_month.unit_profit_usd
from bridge_per_month
inner join published_per_month
    on bridge_per_month.usage_month = published_per_month.usage_month
where
    bridge_per_month.summed_usd <> bridge_per_month.bridged_usd
    or abs(bridge_per_month.bridged_usd - published_per_month.unit_profit_usd) > 0.000001
