with

usage_days as (

    select
        usage_date,
        {{ run_number('costed_in_run_id') }} as costed_in_run_number
    from {{ ref('int_usage_days') }}

),

last_published_run as (

    select coalesce(max({{ run_number('run_id') }}), 0) as run_number
    from {{ source('ops', 'runs') }}
    where status = 'published'

),

-- until a run has published them, days stay due: a run in between may have died half way
recosted_days as (

    select usage_days.usage_date
    from usage_days
    cross join last_published_run
    where usage_days.costed_in_run_number > last_published_run.run_number

)

select * from recosted_days
