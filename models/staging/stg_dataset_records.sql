with

dataset_records as (

    select * from {{ source('raw', 'dataset_records') }}

),

records as (

    select
        dataset_id,
        record_id,
        content_hash,
        near_duplicate_cluster,
        used_in_run as run_id,
        collected_at,
        cast(collected_at as date) as collected_date
    from dataset_records

)

select * from records
