with

evaluations as (

    select * from {{ ref('stg_model_evaluations') }}

),

model_versions as (

    select * from {{ ref('stg_model_versions') }}

),

-- a version's age begins with its promotion, so a retrain begins at zero again
aged_evaluations as (

    select
        evaluations.evaluation_id,
        evaluations.model,
        evaluations.model_version,
        evaluations.champion_model_version,
        evaluations.benchmark,
        evaluations.metric,
        evaluations.sample_kind,
        evaluations.evaluated_at,
        model_versions.promoted_at,
        evaluations.score_share,
        evaluations.item_count,
        evaluations.fixed_item_count,
        evaluations.broken_item_count,
        {{ age_in_months('model_versions.promoted_at', 'evaluations.evaluated_at') }}
            as age_months
    from evaluations
    left join model_versions
        on
            evaluations.model = model_versions.model
            and evaluations.model_version = model_versions.model_version

)

select * from aged_evaluations
