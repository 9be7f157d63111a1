with

documents as (

    select * from {{ ref('int_documents_read') }}

),

costs as (

    select * from {{ ref('fct_costs') }}

),

compared_api_bills as (

    select * from {{ ref('int_api_bills_compared') }}

),

ledger_per_document as (

    select
        source_feed,
        document_id,
        document_month,
        currency,
        sum(billed_amount) as ledger_amount,
        sum(case when component = 'unmatched' then billed_amount else 0 end) as unmatched_amount,
        sum(case when billed_usd is null then billed_amount else 0 end) as unconverted_amount
    from costs
    group by all

),

logged_per_document as (

    select
        document_id,
        usage_month,
        sum(logged_usd) as logged_usd,
        sum(billed_usd) as billed_api_usd
    from compared_api_bills
    group by all

),

documents_and_ledger as (

    select
        documents.source_feed,
        documents.document_id,
        documents.document_month,
        documents.currency,
        cast(documents.document_amount as decimal(38, 12)) as document_amount,
        cast(coalesce(ledger_per_document.ledger_amount, 0) as decimal(38, 12)) as ledger_amount,
        cast(coalesce(ledger_per_document.unmatched_amount, 0) as decimal(38, 12))
            as unmatched_amount,
        cast(coalesce(ledger_per_document.unconverted_amount, 0) as decimal(38, 12))
            as unconverted_amount,
        cast(logged_per_document.logged_usd as decimal(38, 12)) as logged_usd,
        cast(logged_per_document.billed_api_usd as decimal(38, 12)) as billed_api_usd,
        cast(documents.quarantined_rows as bigint) as quarantined_rows
    from documents
    left join ledger_per_document
        on
            documents.source_feed = ledger_per_document.source_feed
            and documents.document_id = ledger_per_document.document_id
            and documents.document_month = ledger_per_document.document_month
            and documents.currency = ledger_per_document.currency
    left join logged_per_document
        on
            documents.document_id = logged_per_document.document_id
            and documents.document_month = logged_per_document.usage_month

)

select * from documents_and_ledger
