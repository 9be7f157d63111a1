with

hourly_usage as (

    select * from {{ ref('int_inference_usage_hourly') }}

),

model_versions as (

    select * from {{ ref('stg_model_versions') }}

),

used_models as (

    select
        model,
        min(provider) as provider,
        min(usage_date) as first_used_date,
        max(usage_date) as last_used_date
    from hourly_usage
    group by model

),

registered_models as (

    select
        model,
        count(*) as version_count
    from model_versions
    group by model

),

models as (

    select
        coalesce(used_models.model, registered_models.model) as model,
        used_models.provider,
        used_models.first_used_date,
        used_models.last_used_date,
        coalesce(registered_models.version_count, 0) as version_count
    from used_models
    full outer join registered_models
        on used_models.model = registered_models.model

)

select * from models
