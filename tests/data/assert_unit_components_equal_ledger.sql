-- in every scope the members' compute, data and maintenance cost sum to the ledger, form by form
with

ledger_per_month as (

    select
        cost_month,
        coalesce(sum(effective_usd) filter (where cost_category in ('CC', 'DAC', 'MMC')), 0)
            as ledger_usd
    from {{ ref('fct_costs') }}
    group by cost_month

),

members_per_scope as (

    select
        usage_month,
        scope_kind,
        sum(
            coalesce(compute_cost_usd, 0)
            + coalesce(data_acquisition_cost_usd, 0)
            + coalesce(maintenance_cost_usd, 0)
        ) as members_usd
    from {{ ref('fct_unit_months') }}
    group by usage_month, scope_kind

)

select
    members_per_scope.usage_month,
    members_per_scope.scope_kind,
    members_per_scope.members_usd,
    ledger_per_month.ledger_usd
from members_per_scope
left join ledger_per_month
    on members_per_scope.usage_month = ledger_per_month.cost_month
where members_per_scope.members_usd <> coalesce(ledger_per_month.ledger_usd, 0)
