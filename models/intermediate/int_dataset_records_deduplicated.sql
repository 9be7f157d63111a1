with

records as (

    select * from {{ ref('stg_dataset_records') }}

),

runs as (

    select * from {{ ref('stg_training_runs') }}

),

model_versions as (

    select * from {{ ref('stg_model_versions') }}

),

-- a record is used from the promotion of a version that a run with it led to
promoted_runs as (

    select
        runs.run_id,
        cast(model_versions.promoted_at as date) as used_date
    from runs
    inner join model_versions
        on runs.model = model_versions.model and runs.model_version = model_versions.model_version

),

records_with_use as (

    select
        records.dataset_id,
        records.collected_date,
        promoted_runs.used_date,
        records.content_hash,
        -- equal content is in one cluster, even where only one copy was told so
        coalesce(
            max(records.near_duplicate_cluster) over (
                partition by records.dataset_id, records.content_hash
            ),
            '(content) ' || records.content_hash
        ) as content_key,
        row_number() over (
            partition by records.dataset_id, records.content_hash
            order by records.collected_at, records.record_id
        ) as copy_number,
        records.collected_at,
        records.record_id
    from records
    left join promoted_runs
        on records.run_id = promoted_runs.run_id

),

numbered_records as (

    select
        dataset_id,
        collected_date,
        copy_number,
        min(used_date) over (partition by dataset_id, content_key) as first_used_date,
        row_number() over (
            partition by dataset_id, content_key
            order by collected_at, record_id
        ) as member_number
    from records_with_use

),

-- from one row per record to one row per dataset × day of collection × day of first use
records_per_day as (

    select
        dataset_id,
        collected_date,
        case when member_number = 1 then first_used_date end as used_date,
        count(*) as collected_record_count,
        count(*) filter (where copy_number = 1) as unique_record_count,
        count(*) filter (where member_number = 1) as near_unique_record_count
    from numbered_records
    group by dataset_id, collected_date, case when member_number = 1 then first_used_date end

)

select * from records_per_day
