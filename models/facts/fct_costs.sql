with

charged_costs as (

    select * from {{ ref('int_costs_charged') }}

),

logged_costs as (

    select * from {{ ref('int_costs_logged') }}

),

amortized_lines as (

    select * from {{ ref('int_data_assets_amortized') }}

),

periodic_costs as (

    select * from {{ ref('int_costs_periodic') }}

),

reclassified_costs as (

    select * from {{ ref('int_costs_reclassified') }}

),

months as (

    select max(usage_month) as last_month from {{ ref('dim_months') }}

),

cost_lines as (

    select * from charged_costs
    union all by name
    select
        cost_date,
        'inference_logs' as source_feed,
        document_id,
        cost_month as document_month,
        'model_api' as component,
        'inference' as purpose,
        provider,
        model,
        currency,
        logged_amount as billed_amount,
        logged_amount as effective_amount,
        logged_usd as billed_usd,
        logged_usd as effective_usd
    from logged_costs
    union all by name
    select
        amortized_lines.cost_date,
        amortized_lines.source_feed,
        amortized_lines.document_id,
        amortized_lines.document_month,
        amortized_lines.component,
        'data' as purpose,
        amortized_lines.issuer as provider,
        amortized_lines.dataset_id,
        amortized_lines.currency,
        amortized_lines.billed_amount,
        amortized_lines.effective_amount,
        amortized_lines.billed_usd,
        amortized_lines.effective_usd
    from amortized_lines
    cross join months
    where
        amortized_lines.cost_month <= months.last_month
        or amortized_lines.cost_month = amortized_lines.document_month
    union all by name
    select * from periodic_costs
    union all by name
    select * from reclassified_costs

),

categorised_costs as (

    select
        cost_date,
        cast(date_trunc('month', cost_date) as date) as cost_month,
        source_feed,
        document_id,
        document_month,
        component,
        {{ cost_category('component') }} as cost_category,
        purpose,
        gpu_pool,
        provider,
        model,
        dataset_id,
        charge_category,
        currency,
        cast(nullif(capacity_gpu_microseconds, 0) / 3600000000 as double) as gpu_hours,
        cast(billed_amount as decimal(38, 12)) as billed_amount,
        cast(effective_amount as decimal(38, 12)) as effective_amount,
        cast(billed_usd as decimal(38, 12)) as billed_usd,
        cast(effective_usd as decimal(38, 12)) as effective_usd
    from cost_lines

)

select * from categorised_costs
