with

served_usage as (

    select * from {{ ref('int_usage_served_monthly') }}
    where successful_requests > 0

),

outcomes as (

    select * from {{ ref('int_outcomes_attributed') }}
    where is_judgement and serving_way is not null

),

-- from customers and outcomes to models: how each model's calls were answered, and how well
usage_per_month as (

    select
        usage_month,
        feature,
        model,
        serving_way,
        successful_requests,
        unpriced_requests,
        delivered_tokens,
        served_usd,
        0 as judged_outcome_count,
        0 as good_outcome_count
    from served_usage
    union all
    select
        usage_month,
        feature,
        model,
        serving_way,
        0 as successful_requests,
        0 as unpriced_requests,
        0 as delivered_tokens,
        0 as served_usd,
        count(*) as judged_outcome_count,
        count(*) filter (where is_good) as good_outcome_count
    from outcomes
    group by usage_month, feature, model, serving_way

),

serving_months as (

    select
        usage_month,
        feature,
        model,
        serving_way,
        cast(sum(successful_requests) as bigint) as successful_requests,
        cast(sum(unpriced_requests) as bigint) as unpriced_requests,
        cast(sum(delivered_tokens) as bigint) as delivered_tokens,
        cast(sum(judged_outcome_count) as bigint) as judged_outcome_count,
        cast(sum(good_outcome_count) as bigint) as good_outcome_count,
        cast(coalesce(sum(served_usd), 0) as decimal(38, 12)) as served_usd
    from usage_per_month
    group by usage_month, feature, model, serving_way

)

select * from serving_months
