with

releases as (

    select * from {{ ref('int_releases_windowed') }}
    where is_released

),

usage_months as (

    select * from {{ ref('fct_inference_months') }}

),

calendar as (

    select max(complete_through_date) as complete_through_date from {{ ref('dim_months') }}

),

revenue_per_version as (

    select
        model,
        model_version,
        sum(revenue_usd) as served_revenue_usd
    from usage_months
    group by model, model_version

),

served_releases as (

    select
        releases.model,
        releases.model_version,
        least(
            coalesce(cast(releases.retired_at as date), calendar.complete_through_date),
            calendar.complete_through_date
        ) as served_through_date,
        cast(revenue_per_version.served_revenue_usd as decimal(38, 12)) as served_revenue_usd
    from releases
    cross join calendar
    left join revenue_per_version
        on
            releases.model = revenue_per_version.model
            and releases.model_version = revenue_per_version.model_version

)

select * from served_releases
