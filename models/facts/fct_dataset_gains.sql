with

releases as (

    select * from {{ ref('int_releases_windowed') }}
    where is_released

),

costed_runs as (

    select * from {{ ref('int_training_runs_costed') }}
    where not is_failed

),

run_datasets as (

    select * from {{ ref('int_run_datasets_split') }}

),

datasets_per_release as (

    select distinct
        costed_runs.model,
        costed_runs.release_model_version as model_version,
        run_datasets.dataset_id
    from costed_runs
    inner join run_datasets
        on costed_runs.run_id = run_datasets.run_id

),

-- what a release learnt from, beside what the release before it had learnt from
datasets_now_and_before as (

    select
        releases.model,
        releases.model_version,
        datasets_per_release.dataset_id,
        case when datasets_per_release.model_version = releases.model_version then 1 else 0 end
            as now_weight,
        case when datasets_per_release.model_version = releases.model_version then 0 else 1 end
            as before_weight
    from releases
    inner join datasets_per_release
        on
            releases.model = datasets_per_release.model
            and datasets_per_release.model_version
            in (releases.model_version, releases.previous_model_version)
    where releases.previous_model_version is not null

),

changes as (

    select
        model,
        model_version,
        dataset_id,
        max(now_weight) as now_weight,
        max(before_weight) as before_weight
    from datasets_now_and_before
    group by model, model_version, dataset_id

),

changes_per_release as (

    select
        *,
        sum(now_weight) over release as dataset_count,
        sum(case when now_weight <> before_weight then 1 else 0 end) over release as change_count,
        sum(case when now_weight > before_weight then 1 else 0 end) over release as added_count,
        sum(before_weight) over release as before_count
    from changes
    window release as (partition by model, model_version)

),

-- a dataset that alone was added, or alone was in use, takes the whole gain; else all share equally
dataset_gains as (

    select
        dataset_id,
        model,
        model_version,
        case
            when dataset_count = 1 then 'alone'
            when change_count = 1 and added_count = 1 and before_count > 0 then 'alone'
            else 'shared'
        end as evidence_basis,
        cast(
            case
                when change_count = 1 and added_count = 1 and before_count > 0
                    then now_weight - before_weight
                else 1 / cast(dataset_count as double)
            end as double
        ) as gain_share
    from changes_per_release
    where now_weight = 1

)

select * from dataset_gains
