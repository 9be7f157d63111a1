with

labeling_invoices as (

    select * from {{ source('raw', 'labeling_invoices') }}

),

invoice_lines as (

    select
        _file_id as file_id,
        concat_ws(
            ' ', issuer, invoice_number, case when document_type = 'credit_note' then '(credit)' end
        ) as document_id,
        issuer,
        invoice_number,
        line_number,
        document_type,
        references_invoice as referenced_invoice_number,
        description as line_description,
        dataset_id,
        batch_id,
        currency,
        issue_date,
        cast(date_trunc('month', issue_date) as date) as document_month,
        period_start as period_start_date,
        period_end as period_end_date,
        quantity as line_quantity,
        unit_price as unit_price_amount,
        line_amount,
        tax_amount
    from labeling_invoices

)

select * from invoice_lines
