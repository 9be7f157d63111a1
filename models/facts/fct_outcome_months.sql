with

outcomes as (

    select * from {{ ref('int_outcomes_valued') }}

),

-- from one row per outcome to one row per customer × feature × model × month
outcome_months as (

    select
        cast(date_trunc('month', occurred_date) as date) as usage_month,
        customer_id,
        feature,
        model,
        count(*) as outcome_count,
        count(*) filter (
            where outcome_kind in ('accepted', 'correct', 'rejected', 'incorrect')
        ) as judged_outcome_count,
        count(*) filter (where outcome_kind in ('accepted', 'correct')) as accepted_outcome_count,
        count(*) filter (where has_value) as valued_outcome_count,
        count(*) filter (where has_value and outcome_value_usd is null) as unconverted_lines,
        cast(coalesce(sum(outcome_value_usd), 0) as decimal(38, 12)) as outcome_value_usd
    from outcomes
    group by cast(date_trunc('month', occurred_date) as date), customer_id, feature, model

)

select * from outcome_months
