with

label_batches as (

    select * from {{ source('raw', 'label_batches') }}

),

batches as (

    select
        batch_id,
        dataset_id,
        delivered_on as delivered_date,
        items_delivered as delivered_item_count,
        coalesce(items_rejected, 0) as rejected_item_count
    from label_batches

)

select * from batches
