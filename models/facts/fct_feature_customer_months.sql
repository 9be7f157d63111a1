with

monthly_usage as (

    select * from {{ ref('fct_inference_months') }}
    where purpose = 'production' and not is_unallocated

),

outcomes as (

    select * from {{ ref('int_outcomes_attributed') }}

),

-- from models and from outcomes to customers: what a feature was used for, and what came of it
usage_and_outcomes as (

    select
        usage_month,
        feature,
        customer_id,
        billable_requests,
        unpriced_requests,
        direct_usd + api_usd as marginal_cost_usd,
        cost_usd,
        revenue_usd,
        0 as judged_outcome_count,
        0 as valued_outcome_count,
        0 as unconverted_lines,
        0 as judged_value_usd,
        0 as other_value_usd
    from monthly_usage
    union all
    select
        usage_month,
        feature,
        customer_id,
        0 as billable_requests,
        0 as unpriced_requests,
        0 as marginal_cost_usd,
        0 as cost_usd,
        0 as revenue_usd,
        case when is_judgement then 1 else 0 end as judged_outcome_count,
        case when outcome_value_usd is not null then 1 else 0 end as valued_outcome_count,
        case when is_unconverted then 1 else 0 end as unconverted_lines,
        case when is_judgement then outcome_value_usd else 0 end as judged_value_usd,
        case when is_judgement then 0 else outcome_value_usd end as other_value_usd
    from outcomes

),

feature_customer_months as (

    select
        usage_month,
        feature,
        customer_id,
        cast(sum(billable_requests) as bigint) as billable_requests,
        cast(sum(unpriced_requests) as bigint) as unpriced_requests,
        cast(sum(judged_outcome_count) as bigint) as judged_outcome_count,
        cast(sum(valued_outcome_count) as bigint) as valued_outcome_count,
        cast(sum(unconverted_lines) as bigint) as unconverted_lines,
        cast(coalesce(sum(marginal_cost_usd), 0) as decimal(38, 12)) as marginal_cost_usd,
        cast(coalesce(sum(cost_usd), 0) as decimal(38, 12)) as cost_usd,
        cast(coalesce(sum(revenue_usd), 0) as decimal(38, 12)) as revenue_usd,
        cast(coalesce(sum(judged_value_usd), 0) as decimal(38, 12)) as judged_value_usd,
        cast(coalesce(sum(other_value_usd), 0) as decimal(38, 12)) as other_value_usd
    from usage_and_outcomes
    group by usage_month, feature, customer_id

)

select * from feature_customer_months
