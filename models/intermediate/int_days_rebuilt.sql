with

pending_days as (

    select * from {{ source('ops', 'pending_days') }}

),

requests as (

    select * from {{ ref('stg_inference_logs') }}

),

traces as (

    select * from {{ ref('stg_request_traces') }}

),

-- a new version or price changes how every request since then is read
first_reinterpreted_day as (

    select min(event_date) as first_date
    from pending_days
    where feed in ('model_versions', 'model_prices')

),

reinterpreted_days as (

    select distinct requests.started_date as usage_date
    from requests
    inner join first_reinterpreted_day
        on requests.started_date >= first_reinterpreted_day.first_date

),

touched_days as (

    select event_date as usage_date
    from pending_days
    where feed = 'inference_logs'

),

-- a trace may come after its calls, and says whose they were
retraced_days as (

    select distinct requests.started_date as usage_date
    from pending_days
    inner join traces
        on pending_days.event_date = traces.traced_date
    inner join requests
        on traces.trace_id = requests.trace_id
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
