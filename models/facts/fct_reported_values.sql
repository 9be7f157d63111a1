with

reported_values as (

    select * from {{ source('ops', 'reported_values') }}

),

-- grain: one row per metric × month × value that was published of it, in their order
numbered as (

    select
        metric,
        metric_month,
        cast(reported_at as date) as reported_date,
        run_id,
        unit,
        status,
        value,
        row_number() over (
            partition by metric, metric_month
            order by cast(split_part(run_id, '-', 2) as integer)
        ) as report_number,
        is_month_complete
    from reported_values

)

select * from numbered
