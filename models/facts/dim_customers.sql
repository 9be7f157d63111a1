with

customers as (

    select * from {{ ref('stg_customers') }}

),

known_customers as (

    select
        customer_id,
        plan,
        segment,
        acquisition_channel,
        signed_up_at,
        trial_started_at,
        trial_ended_at,
        converted_at,
        churned_at
    from customers

)

select * from known_customers
