with

invoice_lines as (

    select * from {{ ref('stg_labeling_invoices') }}

),

snapshots as (

    select * from {{ ref('stg_datasets') }}

),

asset_lines as (

    select
        'labeling_invoices' as source_feed,
        document_id,
        document_month,
        line_number,
        'labelling' as component,
        dataset_id,
        issuer,
        issue_date,
        currency,
        line_amount
    from invoice_lines
    union all
    select
        'datasets' as source_feed,
        dataset_id as document_id,
        cast(date_trunc('month', snapshot_date) as date) as document_month,
        cast(snapshot_date as varchar) as line_number,
        'sourcing' as component,
        dataset_id,
        null as issuer,
        snapshot_date as issue_date,
        currency,
        sourcing_amount as line_amount
    from snapshots
    where sourcing_amount is not null

),

retirements as (

    select
        dataset_id,
        cast(date_trunc('month', max(retired_date)) as date) as retired_month
    from snapshots
    group by dataset_id

),

-- an asset serves until its dataset is retired, and never less than the month it is bought in
lines_with_life as (

    select
        asset_lines.*,
        greatest(
            1,
            least(
                {{ var('dataset_life_months') }},
                coalesce(
                    {{ months_apart('asset_lines.document_month', 'retirements.retired_month') }}
                    + 1,
                    {{ var('dataset_life_months') }}
                )
            )
        ) as served_months
    from asset_lines
    left join retirements
        on asset_lines.dataset_id = retirements.dataset_id

)

select * from lines_with_life
