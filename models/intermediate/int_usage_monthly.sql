with

days_recosted as (

    select * from {{ ref('int_days_recosted') }}

),

hourly_usage as (

    select * from {{ ref('fct_inference_hourly') }}

),

-- from hours to months; what a request cost is kept apart by whether it was any use
monthly_usage as (

    select
        cast(date_trunc('month', usage_date) as date) as usage_month,
        customer_id,
        segment,
        plan,
        feature,
        provider,
        model,
        model_version,
        purpose,
        is_unallocated,
        sum(inference_requests) as inference_requests,
        sum(case when request_status = 'success' then inference_requests else 0 end)
            as successful_requests,
        sum(
            case
                when request_status = 'success' and purpose = 'production'
                    then inference_requests
                else 0
            end
        ) as billable_requests,
        sum(case when request_status <> 'success' then inference_requests else 0 end)
            as failed_requests,
        sum(case when is_retry then inference_requests else 0 end) as retried_requests,
        sum(unpriced_requests) as unpriced_requests,
        sum(cache_measured_requests) as cache_measured_requests,
        sum(input_tokens) as input_tokens,
        sum(fresh_input_tokens) as fresh_input_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_tokens) as cache_write_tokens,
        sum(output_tokens) as output_tokens,
        sum(case when request_status = 'success' then input_tokens + output_tokens else 0 end)
            as delivered_tokens,
        sum(
            case
                when request_status = 'success' and purpose = 'production'
                    then input_tokens + output_tokens
                else 0
            end
        ) as billable_tokens,
        sum(gpu_seconds) as gpu_seconds,
        sum(summed_cache_read_share) as summed_cache_read_share,
        sum(direct_usd) as direct_usd,
        sum(idle_usd) as idle_usd,
        sum(api_usd) as api_usd,
        sum(cost_usd) as cost_usd,
        {% for cost in ['cost', 'idle'] %}
            {% set suffix = '' if cost == 'cost' else '_idle' %}
            sum(
                case
                    when request_status not in ('success', 'none') then {{ cost }}_usd
                    else 0
                end
            ) as failed{{ suffix }}_usd,
            sum(
                case when request_status = 'success' and is_retry then {{ cost }}_usd else 0 end
            ) as retried{{ suffix }}_usd,
        {% endfor %}
        sum(cache_saving_usd) as cache_saving_usd
    from hourly_usage
    {% if is_incremental() %}
        where date_trunc('month', usage_date) in (
            select date_trunc('month', days_recosted.usage_date) from days_recosted
        )
        and {{ within_recosted_months('usage_date') }}
    {% endif %}
    group by all

)

select * from monthly_usage
