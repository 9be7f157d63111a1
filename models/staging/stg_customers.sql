with

customers as (

    select * from {{ source('raw', 'customers') }}

),

accounts as (

    select
        customer_id,
        coalesce(plan, '(unknown)') as plan,
        coalesce(segment, '(unknown)') as segment,
        coalesce(acquisition_channel, '(unknown)') as acquisition_channel,
        signed_up_at,
        trial_started_at,
        trial_ended_at,
        converted_at,
        churned_at
    from customers

)

select * from accounts
