with

charge_slots as (

    select * from {{ ref('int_charges_spread') }}

),

-- from one row per charge × slot to one row per document × day × what it is for
charged_costs as (

    select
        cast(slot_starts_at as date) as cost_date,
        'gpu_billing' as source_feed,
        document_id,
        document_month,
        component,
        purpose,
        gpu_pool,
        provider,
        charge_category,
        currency,
        sum(cast(capacity_gpu_microseconds as hugeint)) as capacity_gpu_microseconds,
        sum(billed_amount) as billed_amount,
        sum(effective_amount) as effective_amount,
        sum(billed_usd) as billed_usd,
        sum(effective_usd) as effective_usd
    from charge_slots
    group by all

)

select * from charged_costs
