with

releases as (

    select * from {{ ref('int_releases_windowed') }}
    where is_released

),

users_per_day as (

    select * from {{ ref('int_active_users_daily') }}

),

logged_days as (

    select min(usage_date) as first_usage_date from users_per_day

),

-- the users whose work a version could learn from: those of the days before its promotion
users_per_version as (

    select
        releases.model,
        releases.model_version,
        count(distinct users_per_day.customer_id || chr(31) || users_per_day.user_id)
            as active_user_count
    from releases
    inner join logged_days
        on
            cast(releases.promoted_at as date) - {{ var('learning_users_days') }}
            >= logged_days.first_usage_date
    inner join users_per_day
        on
            users_per_day.usage_date < cast(releases.promoted_at as date)
            and users_per_day.usage_date
            >= cast(releases.promoted_at as date) - {{ var('learning_users_days') }}
    group by releases.model, releases.model_version

)

select * from users_per_version
