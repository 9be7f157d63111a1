with

model_versions as (

    select * from {{ ref('stg_model_versions') }}

),

registered_versions as (

    select
        model,
        model_version,
        parent_model_version,
        promoted_at,
        retired_at,
        data_cutoff_at
    from model_versions

)

select * from registered_versions
