with

model_versions as (

    select * from {{ ref('stg_model_versions') }}

),

model_prices as (

    select * from {{ ref('stg_model_prices') }}

),

-- a version or a price changes at these moments, and between two of them neither does
boundaries as (

    select
        model,
        promoted_at as boundary_at
    from model_versions
    union
    select
        model,
        retired_at as boundary_at
    from model_versions
    where retired_at is not null
    union
    select
        model,
        valid_from_at as boundary_at
    from model_prices
    union
    select
        model,
        valid_to_at as boundary_at
    from model_prices
    where valid_to_at is not null

),

periods as (

    select
        model,
        boundary_at as period_starts_at,
        coalesce(
            lead(boundary_at) over (partition by model order by boundary_at),
            cast('9999-01-01' as timestamp)
        ) as period_ends_at
    from boundaries

),

version_in_force as (

    select
        periods.model,
        periods.period_starts_at,
        periods.period_ends_at,
        model_versions.model_version,
        row_number() over (
            partition by periods.model, periods.period_starts_at
            order by model_versions.promoted_at desc nulls last, model_versions.model_version desc
        ) as recency_rank
    from periods
    left join model_versions
        on
            periods.model = model_versions.model
            and periods.period_starts_at >= model_versions.promoted_at
            and (
                model_versions.retired_at is null
                or periods.period_starts_at < model_versions.retired_at
            )

),

periods_with_version as (

    select
        model,
        period_starts_at,
        period_ends_at,
        model_version
    from version_in_force
    where recency_rank = 1

)

select * from periods_with_version
