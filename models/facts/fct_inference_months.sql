with

monthly_usage as (

    select * from {{ ref('int_usage_monthly') }}

),

months as (

    select usage_month from {{ ref('dim_months') }}

),

allocated_revenue as (

    select
        *,
        'production' as purpose
    from {{ ref('int_revenue_allocated') }}

),

-- revenue of customers who used nothing keeps a row of its own, so that no revenue is lost
usage_and_revenue as (

    select
        monthly_usage.* exclude (billable_tokens),
        allocated_revenue.revenue_usd,
        allocated_revenue.token_weighted_revenue_usd
    from monthly_usage
    left join allocated_revenue
        on
            monthly_usage.usage_month = allocated_revenue.usage_month
            and monthly_usage.customer_id = allocated_revenue.customer_id
            and monthly_usage.segment = allocated_revenue.segment
            and monthly_usage.plan = allocated_revenue.plan
            and monthly_usage.feature = allocated_revenue.feature
            and monthly_usage.provider = allocated_revenue.provider
            and monthly_usage.model = allocated_revenue.model
            and monthly_usage.model_version = allocated_revenue.model_version
            and monthly_usage.purpose = allocated_revenue.purpose
    union all by name
    select
        allocated_revenue.*,
        false as is_unallocated
    from allocated_revenue
    where allocated_revenue.model = '(no usage)'

),

inference_months as (

    select
        usage_month,
        customer_id,
        segment,
        plan,
        feature,
        provider,
        model,
        model_version,
        purpose,
        cast(coalesce(inference_requests, 0) as bigint) as inference_requests,
        cast(coalesce(successful_requests, 0) as bigint) as successful_requests,
        cast(coalesce(billable_requests, 0) as bigint) as billable_requests,
        cast(coalesce(failed_requests, 0) as bigint) as failed_requests,
        cast(coalesce(retried_requests, 0) as bigint) as retried_requests,
        cast(coalesce(unpriced_requests, 0) as bigint) as unpriced_requests,
        cast(coalesce(cache_measured_requests, 0) as bigint) as cache_measured_requests,
        cast(coalesce(input_tokens, 0) as bigint) as input_tokens,
        cast(coalesce(fresh_input_tokens, 0) as bigint) as fresh_input_tokens,
        cast(coalesce(cache_read_tokens, 0) as bigint) as cache_read_tokens,
        cast(coalesce(cache_write_tokens, 0) as bigint) as cache_write_tokens,
        cast(coalesce(output_tokens, 0) as bigint) as output_tokens,
        cast(coalesce(delivered_tokens, 0) as bigint) as delivered_tokens,
        cast(coalesce(gpu_seconds, 0) as double) as gpu_seconds,
        cast(coalesce(summed_cache_read_share, 0) as double) as summed_cache_read_share,
        cast(coalesce(direct_usd, 0) as decimal(38, 12)) as direct_usd,
        cast(coalesce(idle_usd, 0) as decimal(38, 12)) as idle_usd,
        cast(coalesce(api_usd, 0) as decimal(38, 12)) as api_usd,
        cast(coalesce(cost_usd, 0) as decimal(38, 12)) as cost_usd,
        cast(coalesce(failed_usd, 0) as decimal(38, 12)) as failed_usd,
        cast(coalesce(failed_idle_usd, 0) as decimal(38, 12)) as failed_idle_usd,
        cast(coalesce(retried_usd, 0) as decimal(38, 12)) as retried_usd,
        cast(coalesce(retried_idle_usd, 0) as decimal(38, 12)) as retried_idle_usd,
        cast(coalesce(cache_saving_usd, 0) as decimal(38, 12)) as cache_saving_usd,
        cast(coalesce(revenue_usd, 0) as decimal(38, 12)) as revenue_usd,
        cast(coalesce(token_weighted_revenue_usd, 0) as decimal(38, 12))
            as token_weighted_revenue_usd,
        is_unallocated
    from usage_and_revenue
    where usage_month in (select usage_month from months)

)

select * from inference_months
