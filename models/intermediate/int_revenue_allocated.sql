with

billable_usage as (

    select * from {{ ref('int_usage_billable') }}

),

revenue_daily as (

    select * from {{ ref('fct_revenue_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

revenue_per_customer_month as (

    select
        customer_id,
        cast(date_trunc('month', revenue_date) as date) as usage_month,
        {{ to_picos('sum(revenue_usd)') }} as revenue_picos
    from revenue_daily
    group by all

),

paid_usage as (

    select
        *,
        {{ hash64(['segment', 'plan', 'feature', 'provider', 'model', 'model_version']) }}
            as usage_key,
        sum(billable_requests) over (partition by customer_id, usage_month) as request_total,
        sum(token_weight) over (partition by customer_id, usage_month) as token_total
    from billable_usage

),

-- a customer's month is shared by what they used: equally per request, and by tokens beside it
split_revenue as (

    select
        paid_usage.usage_month,
        paid_usage.customer_id,
        paid_usage.segment,
        paid_usage.plan,
        paid_usage.feature,
        paid_usage.provider,
        paid_usage.model,
        paid_usage.model_version,
        {{ split_exactly(
            'revenue_per_customer_month.revenue_picos', 'paid_usage.billable_requests',
            'paid_usage.request_total', 'paid_usage.customer_id, paid_usage.usage_month',
            'paid_usage.usage_key'
        ) }} as revenue_picos,
        {{ split_exactly(
            'revenue_per_customer_month.revenue_picos', 'paid_usage.token_weight',
            'paid_usage.token_total', 'paid_usage.customer_id, paid_usage.usage_month',
            'paid_usage.usage_key'
        ) }} as token_weighted_revenue_picos
    from paid_usage
    inner join revenue_per_customer_month
        on
            paid_usage.customer_id = revenue_per_customer_month.customer_id
            and paid_usage.usage_month = revenue_per_customer_month.usage_month

),

revenue_without_usage as (

    select
        revenue_per_customer_month.usage_month,
        revenue_per_customer_month.customer_id,
        coalesce(customers.segment, '(unknown)') as segment,
        coalesce(customers.plan, '(unknown)') as plan,
        '(no usage)' as feature,
        '(no usage)' as provider,
        '(no usage)' as model,
        '(no usage)' as model_version,
        revenue_per_customer_month.revenue_picos,
        revenue_per_customer_month.revenue_picos as token_weighted_revenue_picos
    from revenue_per_customer_month
    left join customers
        on revenue_per_customer_month.customer_id = customers.customer_id
    left join paid_usage
        on
            revenue_per_customer_month.customer_id = paid_usage.customer_id
            and revenue_per_customer_month.usage_month = paid_usage.usage_month
    where paid_usage.customer_id is null

),

allocated_revenue as (

    select * from split_revenue
    union all
    select * from revenue_without_usage

),

converted_revenue as (

    select
        * exclude (revenue_picos, token_weighted_revenue_picos),
        {{ from_picos('revenue_picos') }} as revenue_usd,
        {{ from_picos('token_weighted_revenue_picos') }} as token_weighted_revenue_usd
    from allocated_revenue

)

select * from converted_revenue
