with

document_lines as (

    select * from {{ ref('int_document_lines') }}

),

quarantined_rows as (

    select * from {{ source('quarantine', 'rows') }}

),

amount_per_document_file as (

    select
        source_feed,
        document_id,
        document_month,
        currency,
        file_id,
        sum(line_amount) as document_amount
    from document_lines
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
