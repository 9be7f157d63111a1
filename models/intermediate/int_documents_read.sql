with

charges as (

    select * from {{ ref('stg_gpu_billing') }}

),

invoice_lines as (

    select * from {{ ref('stg_labeling_invoices') }}

),

logged_costs as (

    select * from {{ ref('int_costs_logged') }}

),

quarantined_rows as (

    select * from {{ source('quarantine', 'rows') }}

),

lines_read as (

    select
        'gpu_billing' as source_feed,
        file_id,
        document_id,
        document_month,
        currency,
        billed_amount as line_amount
    from charges
    union all
    select
        'labeling_invoices' as source_feed,
        file_id,
        document_id,
        document_month,
        currency,
        line_amount
    from invoice_lines
    union all
    select
        'inference_logs' as source_feed,
        null as file_id,
        document_id,
        cost_month as document_month,
        currency,
        logged_amount as line_amount
    from logged_costs

),

amount_per_document_file as (

    select
        source_feed,
        document_id,
        document_month,
        currency,
        file_id,
        sum(line_amount) as document_amount
    from lines_read
    group by all

),

quarantined_per_file as (

    select
        file_id,
        count(*) as quarantined_rows
    from quarantined_rows
    group by file_id

),

documents as (

    select
        amount_per_document_file.source_feed,
        amount_per_document_file.document_id,
        amount_per_document_file.document_month,
        amount_per_document_file.currency,
        sum(amount_per_document_file.document_amount) as document_amount,
        sum(coalesce(quarantined_per_file.quarantined_rows, 0)) as quarantined_rows
    from amount_per_document_file
    left join quarantined_per_file
        on amount_per_document_file.file_id = quarantined_per_file.file_id
    group by all

)

select * from documents
