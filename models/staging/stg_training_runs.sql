with

training_runs as (

    select * from {{ source('raw', 'training_runs') }}

),

runs as (

    select
        run_id,
        model,
        version as model_version,
        gpu_pool,
        started_at,
        ended_at,
        cast(started_at as date) as started_date,
        kind as run_kind,
        coalesce(lower(status), '(unknown)') as run_status,
        dataset_ids,
        currency,
        gpu_hours,
        cost as run_amount
    from training_runs

)

select * from runs
