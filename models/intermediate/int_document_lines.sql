with

charges as (

    select * from {{ ref('stg_gpu_billing') }}

),

invoice_lines as (

    select * from {{ ref('stg_labeling_invoices') }}

),

snapshots as (

    select * from {{ ref('stg_datasets') }}

),

worklog as (

    select * from {{ ref('stg_maintenance_work') }}

),

logged_costs as (

    select * from {{ ref('int_costs_logged') }}

),

document_lines as (

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
    union all
    select
        'datasets' as source_feed,
        file_id,
        dataset_id as document_id,
        cast(date_trunc('month', snapshot_date) as date) as document_month,
        currency,
        coalesce(sourcing_amount, 0) + coalesce(storage_amount, 0) as line_amount
    from snapshots
    where coalesce(sourcing_amount, storage_amount) is not null
    union all
    select
        'maintenance_work' as source_feed,
        file_id,
        'worklog' as document_id,
        cast(date_trunc('month', worked_date) as date) as document_month,
        currency,
        work_amount as line_amount
    from worklog

)

select * from document_lines
