with

feed_coverage as (

    select * from {{ ref('fct_feed_coverage') }}

),

current_run as (

    select * from {{ source('ops', 'current_run') }}

),

revenue_daily as (

    select * from {{ ref('fct_revenue_daily') }}

),

-- a month counts as complete once the logs and the bills have both passed its end
coverage as (

    select
        min(first_date) as first_date,
        max(last_date) as last_date,
        min(last_date) as last_common_date
    from feed_coverage
    where feed in ('inference_logs', 'gpu_billing') and last_date is not null

),

other_coverage as (

    select
        min(first_date) as first_date,
        max(last_date) as last_date
    from feed_coverage
    where feed = 'labeling_invoices' and last_date is not null

),

bounds as (

    select
        least(
            coalesce(coverage.first_date, other_coverage.first_date),
            coalesce(other_coverage.first_date, coverage.first_date)
        ) as first_date,
        least(
            greatest(
                coalesce(coverage.last_date, other_coverage.last_date),
                coalesce(other_coverage.last_date, coverage.last_date)
            ),
            current_run.as_of_date
        ) as last_date,
        least(
            coalesce(coverage.last_common_date, other_coverage.last_date),
            current_run.as_of_date - 1
        ) as complete_through_date
    from current_run
    cross join coverage
    cross join other_coverage

),

month_starts as (

    select
        cast({{ series(
            "date_trunc('month', first_date)", "date_trunc('month', last_date)", '1 month'
        ) }} as date) as usage_month,
        complete_through_date
    from bounds

),

unconverted_per_month as (

    select
        cast(date_trunc('month', revenue_date) as date) as usage_month,
        sum(unconverted_lines) as unconverted_lines
    from revenue_daily
    group by cast(date_trunc('month', revenue_date) as date)

),

months as (

    select
        month_starts.usage_month,
        cast(month_starts.usage_month + interval '1 month' - interval '1 day' as date)
            as month_end_date,
        month_starts.complete_through_date,
        cast(coalesce(unconverted_per_month.unconverted_lines, 0) as bigint) as unconverted_lines,
        cast(month_starts.usage_month + interval '1 month' - interval '1 day' as date)
        <= month_starts.complete_through_date as is_complete
    from month_starts
    left join unconverted_per_month
        on month_starts.usage_month = unconverted_per_month.usage_month

)

select * from months
