with

hourly_usage as (

    select * from {{ ref('int_inference_usage_hourly') }}
    where usage_date in (select usage_date from {{ ref('int_days_recosted') }})

),

token_prices as (

    select * from {{ ref('int_token_prices_pivoted') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

{{ pricing_steps('hourly_usage') }},

priced_usage as (

    select
        *,
        {{ hash64([
            'usage_hour_at', 'customer_id', 'feature', "coalesce(provider, '(unknown)')", 'model',
            'model_version', 'purpose', "coalesce(gpu_pool, '(none)')", 'request_status',
            'execution', 'cost_basis', 'is_response_cache_hit', 'is_retry'
        ]) }} as served_key
    from converted_usage

)

select * from priced_usage
