with

runs as (

    select * from {{ ref('stg_training_runs') }}

),

releases as (

    select * from {{ ref('int_releases_windowed') }}

),

charged_costs as (

    select * from {{ ref('int_costs_charged') }}
    where gpu_pool is not null and effective_usd is not null

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- a run belongs to the window it ended in: before that it cannot have led to a version
runs_in_window as (

    select
        runs.*,
        releases.model_version as release_model_version,
        releases.window_starts_at,
        releases.window_ends_at
    from runs
    inner join releases
        on
            runs.model = releases.model
            and (releases.window_starts_at is null or runs.ended_at > releases.window_starts_at)
            and (not releases.is_released or runs.ended_at <= releases.window_ends_at)

),

pools_per_window as (

    select distinct
        model,
        release_model_version,
        gpu_pool,
        window_starts_at,
        window_ends_at
    from runs_in_window
    where run_amount is null and gpu_hours is not null

),

-- the effective rate of a pool: what it cost in the window over the hours it stood there
pool_rates as (

    select
        pools_per_window.model,
        pools_per_window.release_model_version,
        pools_per_window.gpu_pool,
        cast(sum({{ to_picos('charged_costs.effective_usd') }}) as hugeint) as pool_picos,
        cast(sum(charged_costs.capacity_gpu_microseconds) as hugeint)
            as capacity_gpu_microseconds
    from pools_per_window
    inner join charged_costs
        on
            pools_per_window.gpu_pool = charged_costs.gpu_pool
            and (
                pools_per_window.window_starts_at is null
                or charged_costs.cost_date >= cast(pools_per_window.window_starts_at as date)
            )
            and (
                pools_per_window.window_ends_at is null
                or charged_costs.cost_date <= cast(pools_per_window.window_ends_at as date)
            )
    group by all

),

costed_runs as (

    select
        runs_in_window.run_id,
        runs_in_window.model,
        runs_in_window.release_model_version,
        runs_in_window.run_kind,
        runs_in_window.run_status in ('failed', 'error', 'crashed', 'killed', 'cancelled')
            as is_failed,
        case
            when runs_in_window.run_amount is not null
                then {{ in_reporting_currency(
                    'runs_in_window.run_amount', 'runs_in_window.currency',
                    'exchange_rates.reporting_units_per_unit'
                ) }}
            else {{ from_picos(integer_divide(
                'cast(round(runs_in_window.gpu_hours * 3600000000) as hugeint)'
                ~ ' * pool_rates.pool_picos', 'pool_rates.capacity_gpu_microseconds'
            )) }}
        end as run_usd
    from runs_in_window
    left join exchange_rates
        on
            runs_in_window.currency = exchange_rates.currency
            and runs_in_window.started_date = exchange_rates.rate_date
    left join pool_rates
        on
            runs_in_window.model = pool_rates.model
            and runs_in_window.release_model_version = pool_rates.release_model_version
            and runs_in_window.gpu_pool = pool_rates.gpu_pool

)

select * from costed_runs
