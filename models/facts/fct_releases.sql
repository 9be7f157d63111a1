with

releases as (

    select * from {{ ref('int_releases_windowed') }}

),

comparisons as (

    select * from {{ ref('int_releases_compared') }}

),

costed_runs as (

    select * from {{ ref('int_training_runs_costed') }}

),

data_costs as (

    select * from {{ ref('int_data_costs_assigned') }}

),

served_releases as (

    select * from {{ ref('int_releases_served') }}

),

runs_per_release as (

    select
        model,
        release_model_version as model_version,
        count(*) as run_count,
        count(*) filter (where is_failed) as failed_run_count,
        count(*) filter (where run_usd is null) as unpriced_run_count,
        sum(run_usd) as compute_usd
    from costed_runs
    group by model, release_model_version

),

data_per_release as (

    select
        model,
        model_version,
        sum(billed_usd) as billed_usd,
        sum(effective_usd) as effective_usd,
        sum(unconverted_lines) as unconverted_lines
    from data_costs
    group by model, model_version

),

-- every run of the window counts, failed ones too; a run of unknown cost is counted, not free
costed_releases as (

    select
        releases.model,
        releases.model_version,
        releases.previous_model_version,
        comparisons.benchmark,
        comparisons.metric,
        comparisons.sample_kind,
        releases.window_starts_at,
        releases.window_ends_at,
        releases.promoted_at,
        releases.retired_at,
        comparisons.evaluated_at,
        served_releases.served_through_date,
        comparisons.score_share,
        comparisons.champion_score_share,
        comparisons.item_count,
        comparisons.champion_item_count,
        comparisons.fixed_item_count,
        comparisons.broken_item_count,
        cast(coalesce(runs_per_release.run_count, 0) as bigint) as run_count,
        cast(coalesce(runs_per_release.failed_run_count, 0) as bigint) as failed_run_count,
        cast(coalesce(runs_per_release.unpriced_run_count, 0) as bigint) as unpriced_run_count,
        cast(coalesce(data_per_release.unconverted_lines, 0) as bigint) as unconverted_lines,
        cast(
            case
                when runs_per_release.run_count > 0 then runs_per_release.compute_usd
                when exists (select 1 from costed_runs) then 0
            end as decimal(38, 12)
        ) as compute_usd,
        cast(coalesce(data_per_release.billed_usd, 0) as decimal(38, 12)) as data_billed_usd,
        cast(coalesce(data_per_release.effective_usd, 0) as decimal(38, 12)) as data_effective_usd,
        served_releases.served_revenue_usd,
        coalesce(comparisons.is_paired, false) as is_paired,
        releases.is_released
    from releases
    left join comparisons
        on
            releases.model = comparisons.model
            and releases.model_version = comparisons.model_version
    left join served_releases
        on
            releases.model = served_releases.model
            and releases.model_version = served_releases.model_version
    left join runs_per_release
        on
            releases.model = runs_per_release.model
            and releases.model_version = runs_per_release.model_version
    left join data_per_release
        on
            releases.model = data_per_release.model
            and releases.model_version = data_per_release.model_version

)

select * from costed_releases
