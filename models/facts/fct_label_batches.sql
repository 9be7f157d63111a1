with

invoice_lines as (

    select * from {{ ref('stg_labeling_invoices') }}

),

delivered_batches as (

    select * from {{ ref('stg_label_batches') }}

),

-- from one row per invoice line to one row per batch × currency; a missing quantity hides the sum
invoiced_batches as (

    select
        coalesce(batch_id, '(no batch)') as batch_id,
        currency,
        max(dataset_id) as dataset_id,
        min(issue_date) as first_invoiced_date,
        case when count(line_quantity) = count(*) then sum(line_quantity) end
            as invoiced_item_count,
        sum(line_amount) as invoiced_amount
    from invoice_lines
    group by coalesce(batch_id, '(no batch)'), currency

),

label_batches as (

    select
        coalesce(invoiced_batches.batch_id, delivered_batches.batch_id) as batch_id,
        coalesce(delivered_batches.dataset_id, invoiced_batches.dataset_id) as dataset_id,
        delivered_batches.delivered_date,
        invoiced_batches.first_invoiced_date,
        invoiced_batches.currency,
        cast(invoiced_batches.invoiced_item_count as decimal(38, 12)) as invoiced_item_count,
        delivered_batches.delivered_item_count,
        delivered_batches.rejected_item_count,
        cast(invoiced_batches.invoiced_amount as decimal(38, 12)) as invoiced_amount
    from invoiced_batches
    full outer join delivered_batches
        on invoiced_batches.batch_id = delivered_batches.batch_id

)

select * from label_batches
