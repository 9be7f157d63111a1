with

day_states as (

    select * from {{ ref('int_usage_day_states') }}

),

days_rebuilt as (

    select * from {{ ref('int_days_rebuilt') }}

),

current_run as (

    select * from {{ source('ops', 'current_run') }}

),

days as (

    select usage_date from day_states
    {% if is_incremental() %}
        union
        select usage_date from {{ this }}
    {% endif %}

),

-- a day that has lost its requests and bills has no state any more, and that is a change too
changed_days as (

    select
        days.usage_date,
        day_states.inputs_state,
        current_run.run_id as costed_in_run_id
    from days
    cross join current_run
    left join day_states
        on days.usage_date = day_states.usage_date
    {% if is_incremental() %}
        left join {{ this }} as known_days
            on days.usage_date = known_days.usage_date
        where
            known_days.usage_date is null
            or known_days.inputs_state is distinct from day_states.inputs_state
            or days.usage_date in (select days_rebuilt.usage_date from days_rebuilt)
    {% endif %}

)

select * from changed_days
