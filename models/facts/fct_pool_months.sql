with

costs as (

    select * from {{ ref('fct_costs') }}
    where gpu_pool is not null and gpu_pool <> '(none)' and cost_category = 'CC'

),

served_usage as (

    select * from {{ ref('int_usage_served_monthly') }}

),

revenue_per_customer_month as (

    select
        usage_month,
        customer_id,
        sum(revenue_usd) as revenue_usd
    from {{ ref('fct_inference_months') }}
    where model <> '(no usage)'
    group by usage_month, customer_id

),

calls_per_customer_month as (

    select
        usage_month,
        customer_id,
        gpu_pool,
        coalesce(sum(billable_requests), 0) as billable_requests
    from served_usage
    group by usage_month, customer_id, gpu_pool

),

-- a customer's revenue goes equally over their calls, so a pool earns by the calls it served
revenue_weights as (

    select
        calls_per_customer_month.*,
        cast(calls_per_customer_month.billable_requests as hugeint) as weight,
        sum(cast(calls_per_customer_month.billable_requests as hugeint)) over customer_month
            as total_weight,
        {{ to_picos('revenue_per_customer_month.revenue_usd') }} as revenue_picos
    from calls_per_customer_month
    left join revenue_per_customer_month
        on
            calls_per_customer_month.usage_month = revenue_per_customer_month.usage_month
            and calls_per_customer_month.customer_id = revenue_per_customer_month.customer_id
    window customer_month as (
        partition by calls_per_customer_month.usage_month, calls_per_customer_month.customer_id
    )

),

split_revenue as (

    select
        *,
        {{ from_picos(split_exactly(
            'revenue_picos', 'weight', 'total_weight', 'usage_month, customer_id', 'gpu_pool'
        )) }} as pool_revenue_usd
    from revenue_weights

),

earned_and_billed as (

    select
        usage_month,
        gpu_pool,
        billable_requests,
        pool_revenue_usd as revenue_usd,
        0 as cost_usd,
        0 as unconverted_lines
    from split_revenue
    where gpu_pool <> '(none)'
    union all
    select
        cost_month as usage_month,
        gpu_pool,
        0 as billable_requests,
        0 as revenue_usd,
        effective_usd as cost_usd,
        case when effective_usd is null then 1 else 0 end as unconverted_lines
    from costs

),

pool_months as (

    select
        usage_month,
        gpu_pool,
        cast(sum(billable_requests) as bigint) as billable_requests,
        cast(sum(unconverted_lines) as bigint) as unconverted_lines,
        cast(coalesce(sum(revenue_usd), 0) as decimal(38, 12)) as revenue_usd,
        cast(coalesce(sum(cost_usd), 0) as decimal(38, 12)) as cost_usd
    from earned_and_billed
    group by usage_month, gpu_pool

)

select * from pool_months
