with

load_files as (

    select * from {{ source('ops', 'load_files') }}

),

-- each request is in one hour, and there are fewer hours than requests
hourly_usage as (

    select * from {{ ref('int_inference_usage_hourly') }}

),

-- a purchase or a subscription reaches into the future; what was used does not
{% set event_dates = {
    'gpu_billing': "case when charge_category = 'Usage' then"
        ~ " cast(charge_ends_at - interval '1 microsecond' as date) end",
    'labeling_invoices': 'issue_date',
    'customers': 'cast(signed_up_at as date)',
    'revenue': 'period_start_date',
    'model_versions': 'cast(promoted_at as date)',
    'model_prices': 'cast(valid_from_at as date)',
    'exchange_rates': 'rate_date',
    'acquisition_spend': 'spend_date',
    'outcomes': 'occurred_date',
    'model_evaluations': 'cast(evaluated_at as date)',
    'training_runs': 'started_date',
    'datasets': 'snapshot_date',
    'dataset_records': 'collected_date',
    'maintenance_work': 'worked_date',
    'experiment_assignments': 'cast(assigned_at as date)',
    'label_batches': 'delivered_date',
    'budgets': 'budget_month',
} %}
rows_per_feed as (

    select
        'inference_logs' as feed,
        cast(coalesce(sum(inference_requests), 0) as bigint) as row_count,
        min(usage_date) as first_date,
        max(usage_date) as last_date
    from hourly_usage
    union all
    {% for feed, event_date in event_dates.items() %}
        select
            '{{ feed }}' as feed,
            count(*) as row_count,
            min({{ event_date }}) as first_date,
            max({{ event_date }}) as last_date
        from {{ ref('stg_' ~ feed) }}
        {{ "union all" if not loop.last }}
    {% endfor %}

),

files_per_feed as (

    select
        feed,
        count(*) filter (where status = 'loaded') as file_count
    from load_files
    group by feed

),

feed_coverage as (

    select
        rows_per_feed.feed,
        rows_per_feed.first_date,
        rows_per_feed.last_date,
        rows_per_feed.row_count,
        coalesce(files_per_feed.file_count, 0) as file_count
    from rows_per_feed
    left join files_per_feed
        on rows_per_feed.feed = files_per_feed.feed

)

select * from feed_coverage
