with

hourly_usage as (

    select * from {{ ref('fct_inference_hourly') }}

),

-- watching a model is maintenance, wherever the tokens were bought
monitoring_per_day as (

    select
        usage_date,
        provider,
        model,
        gpu_pool,
        case when cost_basis = 'gpu_pool' then 'inference_compute' else 'model_api' end
            as original_component,
        sum(cost_usd) as cost_usd
    from hourly_usage
    where purpose = 'monitoring' and cost_usd is not null
    group by all

),

moved_costs as (

    select
        usage_date,
        provider,
        model,
        gpu_pool,
        original_component as component,
        -cost_usd as effective_usd
    from monitoring_per_day
    union all
    select
        usage_date,
        provider,
        model,
        gpu_pool,
        'monitoring' as component,
        cost_usd as effective_usd
    from monitoring_per_day

),

reclassified_costs as (

    select
        usage_date as cost_date,
        'inference_logs' as source_feed,
        '(reclassified)' as document_id,
        cast(date_trunc('month', usage_date) as date) as document_month,
        component,
        'monitoring' as purpose,
        gpu_pool,
        provider,
        model,
        '{{ var("reporting_currency") }}' as currency,
        0 as billed_amount,
        effective_usd as effective_amount,
        0 as billed_usd,
        effective_usd
    from moved_costs

)

select * from reclassified_costs
