with

days_recosted as (

    select * from {{ ref('int_days_recosted') }}

),

hourly_usage as (

    select * from {{ ref('fct_inference_hourly') }}

),

-- from hours to months: how and by which pool a customer's calls were answered
served_monthly as (

    select
        cast(date_trunc('month', usage_date) as date) as usage_month,
        customer_id,
        feature,
        model,
        gpu_pool,
        {{ serving_way('execution', 'is_response_cache_hit') }} as serving_way,
        sum(inference_requests) filter (where request_status = 'success') as successful_requests,
        sum(inference_requests) filter (
            where request_status = 'success' and purpose = 'production'
        ) as billable_requests,
        sum(unpriced_requests) filter (where request_status = 'success') as unpriced_requests,
        sum(input_tokens + output_tokens) filter (where request_status = 'success')
            as delivered_tokens,
        sum(direct_usd + api_usd) filter (where request_status = 'success') as served_usd
    from hourly_usage
    where
        not is_unallocated
        {% if is_incremental() %}
            and date_trunc('month', usage_date) in (
                select date_trunc('month', days_recosted.usage_date) from days_recosted
            )
            and {{ within_recosted_months('usage_date') }}
        {% endif %}
    group by all

)

select * from served_monthly
