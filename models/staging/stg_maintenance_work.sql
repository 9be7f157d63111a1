with

maintenance_work as (

    select * from {{ source('raw', 'maintenance_work') }}

),

worklog as (

    select
        _file_id as file_id,
        entry_id,
        model,
        worked_on as worked_date,
        activity,
        currency,
        hours as worked_hours,
        hourly_cost as hourly_amount,
        cast(hours * cast(hourly_cost as decimal(20, 6)) as decimal(38, 12)) as work_amount
    from maintenance_work

)

select * from worklog
