with

datasets as (

    select * from {{ source('raw', 'datasets') }}

),

snapshots as (

    select
        _file_id as file_id,
        dataset_id,
        snapshot_date,
        retired_on as retired_date,
        currency,
        records_collected as collected_record_count,
        records_unique as unique_record_count,
        records_near_unique as near_unique_record_count,
        records_used as used_record_count,
        storage_cost as storage_amount,
        sourcing_cost as sourcing_amount
    from datasets

)

select * from snapshots
