with

model_versions as (

    select * from {{ source('raw', 'model_versions') }}

),

versions as (

    select
        model,
        version as model_version,
        parent_version as parent_model_version,
        promoted_at,
        retired_at,
        data_cutoff_at
    from model_versions

)

select * from versions
