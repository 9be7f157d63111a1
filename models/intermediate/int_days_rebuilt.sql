with

pending_days as (

    select * from {{ source('ops', 'pending_days') }}

),

requests as (

    select * from {{ ref('stg_inference_logs') }}

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

rebuilt_days as (

    select usage_date from touched_days
    union
    select usage_date from reinterpreted_days

)

select * from rebuilt_days
