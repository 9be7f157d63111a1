with

inference_logs as (

    select * from {{ source('raw', 'inference_logs') }}

),

request_traces as (

    select * from {{ source('raw', 'request_traces') }}

),

-- what a call does not say itself stands on its trace; a trace has one row, so the grain stays
requests as (

    select
        inference_logs.request_id,
        inference_logs.trace_id,
        coalesce(inference_logs.session_id, request_traces.session_id) as session_id,
        coalesce(inference_logs.user_id, request_traces.user_id) as user_id,
        inference_logs.retry_of as retried_request_id,
        lower(inference_logs.provider) as provider,
        inference_logs.model,
        inference_logs.model_version,
        inference_logs.gpu_pool,
        inference_logs.started_at,
        inference_logs.ended_at,
        inference_logs._file_id as file_id,
        cast(inference_logs.started_at as date) as started_date,
        date_trunc('hour', inference_logs.started_at) as started_hour_at,
        coalesce(
            inference_logs.customer_id, request_traces.customer_id, '(unattributed)'
        ) as customer_id,
        coalesce(inference_logs.feature, request_traces.feature, '(unattributed)') as feature,
        coalesce(inference_logs.purpose, 'production') as purpose,
        coalesce(inference_logs.status, 'success') as request_status,
        coalesce(inference_logs.execution, 'cloud') as execution,
        coalesce(inference_logs.currency, '{{ var("reporting_currency") }}') as currency,
        inference_logs.latency_ms as latency_milliseconds,
        inference_logs.input_tokens,
        inference_logs.cache_read_tokens,
        inference_logs.cache_write_tokens,
        inference_logs.output_tokens,
        inference_logs.reasoning_tokens,
        inference_logs.gpu_seconds,
        inference_logs.reported_cost as reported_amount,
        coalesce(inference_logs.response_cache_hit, false) as is_response_cache_hit,
        inference_logs.retry_of is not null as is_retry
    from inference_logs
    left join request_traces
        on inference_logs.trace_id = request_traces.trace_id

)

select * from requests
