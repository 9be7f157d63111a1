with

model_evaluations as (

    select * from {{ source('raw', 'model_evaluations') }}

),

evaluations as (

    select
        evaluation_id,
        model,
        version as model_version,
        champion_version as champion_model_version,
        evaluated_at,
        benchmark,
        metric,
        sample as sample_kind,
        score as score_share,
        n_items as item_count,
        items_fixed as fixed_item_count,
        items_broken as broken_item_count
    from model_evaluations

)

select * from evaluations
