-- every data cost of the ledger and every run stands in exactly one release
with

ledger as (

    select
        cost_date,
        coalesce(dataset_id, '(none)') as dataset_id,
        coalesce(sum(billed_usd), 0) as expected
    from {{ ref('fct_costs') }}
    where cost_category = 'DAC'
    group by cost_date, coalesce(dataset_id, '(none)')

),

assigned as (

    select
        cost_date,
        dataset_id,
        sum(billed_usd) as found
    from {{ ref('int_data_costs_assigned') }}
    group by cost_date, dataset_id

),

still_learning as (

    select count(*) as model_count
    from {{ ref('fct_releases') }}
    where not is_released and run_count > 0 and window_ends_at is null

),

data_costs as (

    select
        ledger.dataset_id || ' ' || ledger.cost_date as subject,
        ledger.expected,
        coalesce(assigned.found, 0) as found
    from ledger
    cross join still_learning
    left join assigned
        on ledger.cost_date = assigned.cost_date and ledger.dataset_id = assigned.dataset_id
    where assigned.found is not null or still_learning.model_count > 0

),

totals as (

    select
        'cost of runs' as subject,
        (select coalesce(sum(run_usd), 0) from {{ ref('int_training_runs_costed') }}) as expected,
        (select coalesce(sum(compute_usd), 0) from {{ ref('fct_releases') }}) as found
    union all
    select
        'runs' as subject,
        (select count(*) from {{ ref('stg_training_runs') }}) as expected,
        (select coalesce(sum(run_count), 0) from {{ ref('fct_releases') }}) as found
    union all
    select
        'data cost of releases' as subject,
        (select coalesce(sum(found), 0) from assigned) as expected,
        (select coalesce(sum(data_billed_usd), 0) from {{ ref('fct_releases') }}) as found

),

comparisons as (

    select * from data_costs
    union all
    select * from totals

)

select * from comparisons
where expected <> found
