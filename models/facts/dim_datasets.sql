with

snapshots as (

    select * from {{ ref('stg_datasets') }}

),

records_per_day as (

    select * from {{ ref('int_dataset_records_deduplicated') }}

),

run_datasets as (

    select * from {{ ref('int_run_datasets_split') }}

),

appearances as (

    select
        dataset_id,
        snapshot_date as seen_date,
        retired_date,
        false as is_counted
    from snapshots
    union all
    select
        dataset_id,
        collected_date as seen_date,
        cast(null as date) as retired_date,
        true as is_counted
    from records_per_day

),

uses as (

    select
        dataset_id,
        count(distinct run_id) as run_count,
        count(distinct case when promoted_at is not null then model || ' ' || model_version end)
            as version_count,
        min(promoted_at) as first_used_at
    from run_datasets
    group by dataset_id

),

known_datasets as (

    select
        dataset_id,
        min(seen_date) as first_date,
        max(seen_date) as last_date,
        max(retired_date) as retired_date,
        coalesce(max(case when is_counted then 1 else 0 end) = 1, false) as is_counted
    from appearances
    group by dataset_id

),

datasets as (

    select
        known_datasets.dataset_id,
        known_datasets.first_date,
        known_datasets.last_date,
        known_datasets.retired_date,
        uses.first_used_at,
        cast(coalesce(uses.run_count, 0) as bigint) as run_count,
        cast(coalesce(uses.version_count, 0) as bigint) as version_count,
        known_datasets.is_counted
    from known_datasets
    left join uses
        on known_datasets.dataset_id = uses.dataset_id

)

select * from datasets
