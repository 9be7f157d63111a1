with

request_traces as (

    select * from {{ source('raw', 'request_traces') }}

),

traces as (

    select
        trace_id,
        user_id,
        customer_id,
        session_id,
        name as trace_name,
        feature,
        traced_at,
        cast(traced_at as date) as traced_date
    from request_traces

)

select * from traces
