with

requests as (

    select * from {{ ref('stg_inference_logs') }}

),

days_rebuilt as (

    select * from {{ ref('int_days_rebuilt') }}

),

successful_requests as (

    select * from requests
    where
        request_status = 'success'
        and purpose in ('production', 'trial')
        {% if is_incremental() %}
            and started_date in (select days_rebuilt.usage_date from days_rebuilt)
            and {{ within_rebuilt_days('started_at') }}
        {% endif %}

),

-- from one row per request to one row per user × feature × day
users_per_day as (

    select
        started_date as usage_date,
        customer_id,
        feature,
        coalesce(user_id, '(unnamed)') as user_id,
        cast(count(distinct session_id) as bigint) as session_count,
        count(*) as successful_requests
    from successful_requests
    group by started_date, customer_id, feature, coalesce(user_id, '(unnamed)')

)

select * from users_per_day
