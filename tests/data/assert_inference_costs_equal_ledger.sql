-- what requests and idle hours carry is what the ledger holds for inference and model APIs
with

ledger_per_month as (

    select
        cost_month,
        sum(effective_usd) as ledger_usd
    from {{ ref('fct_costs') }}
    where
        component in ('inference_compute', 'model_api', 'monitoring')
        and (component <> 'inference_compute' or gpu_pool is not null)
    group by cost_month

),

carried_per_month as (

    select
        usage_month as cost_month,
        sum(cost_usd) as carried_usd
    from {{ ref('fct_inference_months') }}
    group by usage_month

)

select
    ledger_per_month.cost_month,
    ledger_per_month.ledger_usd,
    carried_per_month.carried_usd
from ledger_per_month
inner join carried_per_month
    on ledger_per_month.cost_month = carried_per_month.cost_month
where abs(ledger_per_month.ledger_usd - carried_per_month.carried_usd) >= 0.01
