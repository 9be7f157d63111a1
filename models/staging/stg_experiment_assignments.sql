with

experiment_assignments as (

    select * from {{ source('raw', 'experiment_assignments') }}

),

assignments as (

    select
        experiment,
        unit_id,
        unit_kind,
        model,
        version as model_version,
        arm,
        assigned_at
    from experiment_assignments

)

select * from assignments
