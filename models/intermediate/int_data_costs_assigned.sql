with

costs as (

    select * from {{ ref('fct_costs') }}
    where cost_category = 'DAC'

),

releases as (

    select * from {{ ref('int_releases_windowed') }}

),

runs as (

    select distinct model from {{ ref('stg_training_runs') }}

),

dataset_models as (

    select distinct
        dataset_id,
        model
    from {{ ref('int_run_datasets_split') }}

),

lines_per_day as (

    select
        cost_date,
        coalesce(dataset_id, '(none)') as dataset_id,
        cast(coalesce(sum({{ to_picos('billed_usd') }}), 0) as hugeint) as billed_picos,
        cast(coalesce(sum({{ to_picos('effective_usd') }}), 0) as hugeint) as effective_picos,
        count(*) filter (where effective_usd is null) as unconverted_lines
    from costs
    group by cost_date, coalesce(dataset_id, '(none)')

),

lines_and_windows as (

    select
        lines_per_day.*,
        releases.model,
        releases.model_version,
        case when dataset_models.model is null then 0 else 1 end as is_named_weight,
        cast(
            coalesce(lines_per_day.cost_date <= cast(releases.window_ends_at as date), true)
            as integer
        ) as is_open_weight
    from lines_per_day
    inner join releases
        on
            (
                releases.window_starts_at is null
                or lines_per_day.cost_date > cast(releases.window_starts_at as date)
            )
            and (
                not releases.is_released
                or lines_per_day.cost_date <= cast(releases.window_ends_at as date)
            )
    inner join runs
        on releases.model = runs.model
    left join dataset_models
        on
            lines_per_day.dataset_id = dataset_models.dataset_id
            and releases.model = dataset_models.model

),

-- to the models whose runs name the dataset; where none does, to all that are learning
weighted_windows as (

    select
        *,
        cast(
            case
                when max(is_named_weight) over (partition by cost_date, dataset_id) = 1
                    then is_named_weight
                else is_open_weight
            end as hugeint
        ) as weight
    from lines_and_windows

),

entitled_windows as (

    select
        *,
        sum(weight) over (partition by cost_date, dataset_id) as line_weight
    from weighted_windows
    where weight > 0

),

assigned_costs as (

    select
        cost_date,
        dataset_id,
        model,
        model_version,
        {{ from_picos(split_exactly(
            'billed_picos', 'weight', 'line_weight', 'cost_date, dataset_id', 'model'
        )) }} as billed_usd,
        {{ from_picos(split_exactly(
            'effective_picos', 'weight', 'line_weight', 'cost_date, dataset_id', 'model'
        )) }} as effective_usd,
        unconverted_lines
    from entitled_windows

)

select * from assigned_costs
