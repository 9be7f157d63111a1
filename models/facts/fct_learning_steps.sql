with

releases as (

    select * from {{ ref('fct_releases') }}
    where is_released

),

scored_versions as (

    select * from {{ ref('int_versions_scored') }}

),

used_versions as (

    select * from {{ ref('int_versions_used') }}

),

-- what a model had cost by each promotion; one window of unknown cost makes all later sums unknown
cumulated_releases as (

    select
        model,
        model_version,
        promoted_at,
        sum(compute_usd + data_billed_usd) over versions_so_far as learning_usd,
        sum(unpriced_run_count) over versions_so_far as unpriced_run_count,
        count(*) filter (where compute_usd is null) over versions_so_far as unknown_windows
    from releases
    window versions_so_far as (
        partition by model order by promoted_at, model_version
        rows between unbounded preceding and current row
    )

),

learning_steps as (

    select
        cumulated_releases.model,
        cumulated_releases.model_version,
        scored_versions.benchmark,
        scored_versions.metric,
        scored_versions.sample_kind,
        cumulated_releases.promoted_at,
        scored_versions.score_share,
        scored_versions.item_count,
        cast(used_versions.active_user_count as bigint) as active_user_count,
        cast(cumulated_releases.unpriced_run_count as bigint) as unpriced_run_count,
        cast(
            case
                when cumulated_releases.unknown_windows = 0 then cumulated_releases.learning_usd
            end as decimal(38, 12)
        ) as cumulative_learning_cost_usd
    from cumulated_releases
    left join scored_versions
        on
            cumulated_releases.model = scored_versions.model
            and cumulated_releases.model_version = scored_versions.model_version
    left join used_versions
        on
            cumulated_releases.model = used_versions.model
            and cumulated_releases.model_version = used_versions.model_version

)

select * from learning_steps
