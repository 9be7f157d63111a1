-- customers' months hold every dollar that was earned and every request that succeeded
with

usage_per_month as (

    select
        usage_month,
        sum(revenue_usd) as revenue_usd,
        sum(successful_requests) as successful_requests
    from {{ ref('fct_inference_months') }}
    group by usage_month

),

customers_per_month as (

    select
        usage_month,
        sum(revenue_usd) as revenue_usd,
        sum(successful_requests) as successful_requests
    from {{ ref('fct_customer_months') }}
    group by usage_month

)

select
    usage_per_month.usage_month,
    usage_per_month.revenue_usd as earned_usd,
    customers_per_month.revenue_usd,
    usage_per_month.successful_requests as logged_requests,
    customers_per_month.successful_requests
from usage_per_month
left join customers_per_month
    on usage_per_month.usage_month = customers_per_month.usage_month
where
    usage_per_month.revenue_usd <> coalesce(customers_per_month.revenue_usd, 0)
    or usage_per_month.successful_requests
    <> coalesce(customers_per_month.successful_requests, 0)
