with

monthly_usage as (

    select * from {{ ref('fct_inference_months') }}
    where not is_unallocated

),

-- from one row per feature × model × version to one row per customer
usage_per_customer as (

    select
        usage_month,
        customer_id,
        max(plan) as plan,
        max(segment) as segment,
        sum(successful_requests) as successful_requests,
        sum(billable_requests) as billable_requests,
        sum(unpriced_requests) as unpriced_requests,
        sum(input_tokens) as input_tokens,
        sum(revenue_usd) as revenue_usd,
        sum(case when purpose = 'production' then cost_usd else 0 end) as cost_usd,
        sum(case when purpose = 'trial' then cost_usd else 0 end) as trial_cost_usd,
        sum(case when purpose = 'trial' then idle_usd else 0 end) as trial_idle_usd,
        sum(cost_usd) as fully_loaded_cost_usd
    from monthly_usage
    group by usage_month, customer_id

)

select * from usage_per_customer
