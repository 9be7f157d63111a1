with

runs as (

    select * from {{ ref('stg_training_runs') }}

),

model_versions as (

    select * from {{ ref('stg_model_versions') }}

),

-- from one row per run to one row per run × dataset it names
named_datasets as (

    select distinct
        run_id,
        model,
        model_version,
        trim({{ split_text('dataset_ids', ',') }}) as dataset_id
    from runs
    where dataset_ids is not null

),

run_datasets as (

    select
        named_datasets.run_id,
        named_datasets.dataset_id,
        named_datasets.model,
        named_datasets.model_version,
        model_versions.promoted_at
    from named_datasets
    left join model_versions
        on
            named_datasets.model = model_versions.model
            and named_datasets.model_version = model_versions.model_version
    where named_datasets.dataset_id <> ''

)

select * from run_datasets
