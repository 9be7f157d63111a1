with

inference_logs as (

    select * from {{ source('raw', 'inference_logs') }}

),

requests as (

    select
        request_id,
        session_id,
        user_id,
        retry_of as retried_request_id,
        lower(provider) as provider,
        model,
        model_version,
        gpu_pool,
        started_at,
        ended_at,
        _file_id as file_id,
        cast(started_at as date) as started_date,
        date_trunc('hour', started_at) as started_hour_at,
        coalesce(customer_id, '(unattributed)') as customer_id,
        coalesce(feature, '(unattributed)') as feature,
        coalesce(purpose, 'production') as purpose,
        coalesce(status, 'success') as request_status,
        coalesce(execution, 'cloud') as execution,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        latency_ms as latency_milliseconds,
        input_tokens,
        cache_read_tokens,
        cache_write_tokens,
        output_tokens,
        reasoning_tokens,
        gpu_seconds,
        reported_cost as reported_amount,
        coalesce(response_cache_hit, false) as is_response_cache_hit,
        retry_of is not null as is_retry
    from inference_logs

)

select * from requests
