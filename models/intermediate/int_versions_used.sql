with

releases as (

    select * from {{ ref('int_releases_windowed') }}
    where is_released

),

users_per_day as (

    select * from {{ ref('int_active_users_daily') }}

),

-- from the model itself: a step that is read twice is computed in full, for every user and day
logged_days as (

    select min(usage_date) as first_usage_date from {{ ref('int_active_users_daily') }}

),

-- from one row per release to one row per release × day whose users' work it could learn from
learning_days as (

    select
        releases.model,
        releases.model_version,
        cast(
            {{ series(
                "cast(releases.promoted_at as date) - " ~ var('learning_users_days'),
                "cast(releases.promoted_at as date) - 1",
                '1 day'
            ) }} as date
        ) as usage_date
    from releases
    inner join logged_days
        on
            cast(releases.promoted_at as date) - {{ var('learning_users_days') }}
            >= logged_days.first_usage_date

),

users_per_version as (

    select
        learning_days.model,
        learning_days.model_version,
        count(distinct users_per_day.customer_id || chr(31) || users_per_day.user_id)
            as active_user_count
    from learning_days
    inner join users_per_day
        on learning_days.usage_date = users_per_day.usage_date
    group by learning_days.model, learning_days.model_version

)

select * from users_per_version
