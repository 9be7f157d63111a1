with

pending_days as (

    select * from {{ source('ops', 'pending_days') }}

),

-- two steps and not one for both: a step that is read twice is computed in full, for every request
requests_by_day as (

    select started_date from {{ ref('stg_inference_logs') }}

),

requests_by_trace as (

    select
        trace_id,
        started_date
    from {{ ref('stg_inference_logs') }}

),

traces as (

    select * from {{ ref('stg_request_traces') }}

),

-- a new version or price changes how every request since then is read
first_reinterpreted_day as (

    select min(event_date) as first_date
    from pending_days
    where feed in ('model_versions', 'model_prices')
    -- without one no row, so that no request has to be looked at
    having count(*) > 0

),

reinterpreted_days as (

    select distinct requests_by_day.started_date as usage_date
    from requests_by_day
    inner join first_reinterpreted_day
        on requests_by_day.started_date >= first_reinterpreted_day.first_date

),

touched_days as (

    select event_date as usage_date
    from pending_days
    where feed = 'inference_logs'

),

-- a trace may come after its calls, and says whose they were
retraced_days as (

    select distinct requests_by_trace.started_date as usage_date
    from pending_days
    inner join traces
        on pending_days.event_date = traces.traced_date
    inner join requests_by_trace
        on traces.trace_id = requests_by_trace.trace_id
    where pending_days.feed = 'request_traces'

),

rebuilt_days as (

    select usage_date from touched_days
    union
    select usage_date from reinterpreted_days
    union
    select usage_date from retraced_days

)

select * from rebuilt_days
