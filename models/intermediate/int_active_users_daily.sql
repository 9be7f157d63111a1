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

-- sessions first: counted as distinct within the users' rows they would take twice the time; told
-- apart by a hash, which has to differ among those of one user, feature and day alone
sessions_per_day as (

    select
        started_date as usage_date,
        customer_id,
        feature,
        coalesce(user_id, '(unnamed)') as user_id,
        case when session_id is not null then {{ hash64(['session_id']) }} end as session_key,
        count(*) as successful_requests
    from successful_requests
    group by started_date, customer_id, feature, coalesce(user_id, '(unnamed)'), session_key

),

-- from one row per request to one row per user × feature × day
users_per_day as (

    select
        usage_date,
        customer_id,
        feature,
        user_id,
        cast(count(session_key) as bigint) as session_count,
        cast(sum(successful_requests) as bigint) as successful_requests
    from sessions_per_day
    group by usage_date, customer_id, feature, user_id

)

select * from users_per_day
