with

charge_slots as (

    select * from {{ ref('int_charges_spread') }}
    where component = 'model_api'

),

api_costs as (

    select * from {{ ref('int_api_costs_daily') }}

),

billed_per_provider_month as (

    select
        provider,
        cast(date_trunc('month', slot_starts_at) as date) as usage_month,
        max(document_id) as document_id,
        sum(effective_usd) as billed_usd
    from charge_slots
    group by all

),

logged_per_provider_month as (

    select
        provider,
        cast(date_trunc('month', usage_date) as date) as usage_month,
        sum(logged_usd) as logged_usd
    from api_costs
    group by all

),

-- where a provider sent a bill the bill is the cost, and the log only says who caused it
compared_provider_months as (

    select
        billed_per_provider_month.provider,
        billed_per_provider_month.usage_month,
        billed_per_provider_month.document_id,
        billed_per_provider_month.billed_usd,
        coalesce(logged_per_provider_month.logged_usd, 0) as logged_usd,
        cast(
            billed_per_provider_month.billed_usd
            - coalesce(logged_per_provider_month.logged_usd, 0) as decimal(38, 12)
        ) as unlogged_usd
    from billed_per_provider_month
    left join logged_per_provider_month
        on
            billed_per_provider_month.provider = logged_per_provider_month.provider
            and billed_per_provider_month.usage_month = logged_per_provider_month.usage_month

)

select * from compared_provider_months
