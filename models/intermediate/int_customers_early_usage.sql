with

hourly_usage as (

    select * from {{ ref('int_inference_usage_hourly') }}
    where request_status = 'success' and purpose in ('production', 'trial')

),

first_logs as (

    select min(usage_date) as first_logged_date from {{ ref('int_inference_usage_hourly') }}

),

customers as (

    select
        customer_id,
        cast(signed_up_at as date) as signed_up_date
    from {{ ref('dim_customers') }}

),

-- use before the first log is unknown, so a customer who signed up before it is left out
early_usage as (

    select
        customers.customer_id,
        sum(hourly_usage.input_tokens) as first_days_input_tokens
    from customers
    inner join first_logs
        on customers.signed_up_date >= first_logs.first_logged_date
    inner join hourly_usage
        on
            customers.customer_id = hourly_usage.customer_id
            and customers.signed_up_date <= hourly_usage.usage_date
            and customers.signed_up_date + {{ var('richness_days') }} > hourly_usage.usage_date
    group by customers.customer_id

)

select * from early_usage
