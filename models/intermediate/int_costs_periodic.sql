with

worklog as (

    select * from {{ ref('stg_maintenance_work') }}

),

snapshots as (

    select * from {{ ref('stg_datasets') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

period_lines as (

    select
        worked_date as cost_date,
        'maintenance_work' as source_feed,
        'worklog' as document_id,
        'maintenance' as component,
        activity as purpose,
        model,
        null as dataset_id,
        currency,
        work_amount as line_amount
    from worklog
    union all
    select
        snapshot_date as cost_date,
        'datasets' as source_feed,
        dataset_id as document_id,
        'data_storage' as component,
        'data' as purpose,
        null as model,
        dataset_id,
        currency,
        storage_amount as line_amount
    from snapshots
    where storage_amount is not null

),

-- from one row per entry to one row per day × what it was for
lines_per_day as (

    select
        period_lines.cost_date,
        cast(date_trunc('month', period_lines.cost_date) as date) as document_month,
        period_lines.source_feed,
        period_lines.document_id,
        period_lines.component,
        period_lines.purpose,
        period_lines.model,
        period_lines.dataset_id,
        period_lines.currency,
        exchange_rates.reporting_units_per_unit,
        cast(sum(period_lines.line_amount) as decimal(38, 12)) as line_amount
    from period_lines
    left join exchange_rates
        on
            period_lines.currency = exchange_rates.currency
            and period_lines.cost_date = exchange_rates.rate_date
    group by all

),

periodic_costs as (

    select
        cost_date,
        document_month,
        source_feed,
        document_id,
        component,
        purpose,
        model,
        dataset_id,
        currency,
        line_amount as billed_amount,
        line_amount as effective_amount,
        {{ in_reporting_currency('line_amount', 'currency', 'reporting_units_per_unit') }}
            as billed_usd,
        {{ in_reporting_currency('line_amount', 'currency', 'reporting_units_per_unit') }}
            as effective_usd
    from lines_per_day

)

select * from periodic_costs
