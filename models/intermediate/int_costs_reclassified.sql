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

reclassified_costs as (

    select
        usage_date as cost_date,
        original_component as component,
        gpu_pool,
        provider,
        model,
        -cost_usd as effective_usd
    from monitoring_per_day
    union all
    select
        usage_date as cost_date,
        'monitoring' as component,
        gpu_pool,
        provider,
        model,
        cost_usd as effective_usd
    from monitoring_per_day

)

select * from reclassified_costs
