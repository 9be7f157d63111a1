with

model_versions as (

    select * from {{ ref('stg_model_versions') }}

),

runs as (

    select * from {{ ref('stg_training_runs') }}

),

promotions as (

    select
        model,
        model_version,
        promoted_at,
        retired_at,
        lag(model_version) over (partition by model order by promoted_at, model_version)
            as previous_model_version,
        lag(promoted_at) over (partition by model order by promoted_at, model_version)
            as window_starts_at,
        row_number() over (partition by model order by promoted_at desc, model_version desc)
            as recency_rank
    from model_versions

),

models as (

    select model from model_versions
    union
    select model from runs

),

-- after its newest version a model learns for the next one, until it is given up
next_releases as (

    select
        models.model,
        '(next)' as model_version,
        promotions.model_version as previous_model_version,
        promotions.promoted_at as window_starts_at,
        promotions.retired_at as window_ends_at,
        cast(null as timestamp) as promoted_at,
        cast(null as timestamp) as retired_at,
        false as is_released
    from models
    left join promotions
        on models.model = promotions.model and promotions.recency_rank = 1

),

windowed_releases as (

    select
        model,
        model_version,
        previous_model_version,
        window_starts_at,
        promoted_at as window_ends_at,
        promoted_at,
        retired_at,
        true as is_released
    from promotions
    union all
    select * from next_releases

)

select * from windowed_releases
