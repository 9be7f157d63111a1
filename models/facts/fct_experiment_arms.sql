with

assignments as (

    select * from {{ ref('stg_experiment_assignments') }}
    where unit_kind = 'customer'

),

lifetimes as (

    select * from {{ ref('fct_customer_lifetimes') }}

),

arms as (

    select
        assignments.experiment,
        assignments.unit_id as customer_id,
        assignments.model,
        assignments.model_version,
        assignments.arm,
        cast(assignments.assigned_at as date) as assigned_date,
        lifetimes.converted_date,
        lifetimes.churned_date,
        lifetimes.observed_through_date
    from assignments
    inner join lifetimes
        on assignments.unit_id = lifetimes.customer_id

)

select * from arms
