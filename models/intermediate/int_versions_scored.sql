with

evaluations as (

    select * from {{ ref('fct_evaluations') }}
    where promoted_at is not null

),

evaluations_at_promotion as (

    select
        model,
        model_version,
        benchmark,
        metric,
        sample_kind,
        score_share,
        item_count,
        row_number() over (
            partition by model, model_version, benchmark, metric, sample_kind
            order by abs(date_diff('second', promoted_at, evaluated_at)), evaluation_id
        ) as nearness_rank
    from evaluations
    where
        abs(date_diff('second', promoted_at, evaluated_at))
        <= 86400 * {{ var('release_comparison_days') }}

),

benchmarks as (

    select
        model,
        benchmark,
        metric,
        sample_kind,
        row_number() over (
            partition by model
            order by
                -count(*), case when sample_kind = 'frozen' then 0 else 1 end,
                -sum(item_count), benchmark, metric
        ) as choice_rank
    from evaluations_at_promotion
    where nearness_rank = 1
    group by model, benchmark, metric, sample_kind

),

-- a curve needs one benchmark: the one that scores most versions, the same items before fresh ones
scored_versions as (

    select
        evaluations_at_promotion.model,
        evaluations_at_promotion.model_version,
        evaluations_at_promotion.benchmark,
        evaluations_at_promotion.metric,
        evaluations_at_promotion.sample_kind,
        evaluations_at_promotion.score_share,
        evaluations_at_promotion.item_count
    from evaluations_at_promotion
    inner join benchmarks
        on
            evaluations_at_promotion.model = benchmarks.model
            and evaluations_at_promotion.benchmark = benchmarks.benchmark
            and evaluations_at_promotion.metric = benchmarks.metric
            and evaluations_at_promotion.sample_kind = benchmarks.sample_kind
    where evaluations_at_promotion.nearness_rank = 1 and benchmarks.choice_rank = 1

)

select * from scored_versions
