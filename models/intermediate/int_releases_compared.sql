with

evaluations as (

    select * from {{ ref('fct_evaluations') }}

),

releases as (

    select * from {{ ref('int_releases_windowed') }}
    where is_released and previous_model_version is not null

),

evaluations_at_promotion as (

    select
        releases.model,
        releases.model_version,
        releases.previous_model_version,
        evaluations.model_version as evaluated_model_version,
        evaluations.champion_model_version,
        evaluations.benchmark,
        evaluations.metric,
        evaluations.sample_kind,
        evaluations.evaluated_at,
        evaluations.score_share,
        evaluations.item_count,
        {% for change in ['fixed', 'broken'] %}
            case
                when evaluations.champion_model_version = releases.previous_model_version
                    then evaluations.{{ change }}_item_count
            end as {{ change }}_item_count,
        {% endfor %}
        row_number() over (
            partition by
                releases.model, releases.model_version, evaluations.model_version,
                evaluations.benchmark, evaluations.metric, evaluations.sample_kind
            order by
                coalesce(
                    evaluations.champion_model_version <> releases.previous_model_version, true
                ),
                abs(date_diff('second', releases.promoted_at, evaluations.evaluated_at)),
                evaluations.evaluation_id
        ) as nearness_rank
    from releases
    inner join evaluations
        on
            releases.model = evaluations.model
            and evaluations.model_version
            in (releases.model_version, releases.previous_model_version)
            and abs(date_diff('second', releases.promoted_at, evaluations.evaluated_at))
            <= 86400 * {{ var('release_comparison_days') }}

),

-- the champion is scored again when its successor is promoted: an old score hides its decay
comparisons as (

    select
        candidates.*,
        candidates.fixed_item_count + candidates.broken_item_count is not null as is_paired,
        champions.item_count as champion_item_count,
        coalesce(
            candidates.score_share
            - (candidates.fixed_item_count - candidates.broken_item_count)
            / cast(candidates.item_count as double),
            champions.score_share
        ) as champion_score_share
    from evaluations_at_promotion as candidates
    left join evaluations_at_promotion as champions
        on
            candidates.model = champions.model
            and candidates.model_version = champions.model_version
            and candidates.previous_model_version = champions.evaluated_model_version
            and candidates.benchmark = champions.benchmark
            and candidates.metric = champions.metric
            and candidates.sample_kind = champions.sample_kind
            and champions.nearness_rank = 1
    where
        candidates.nearness_rank = 1
        and candidates.evaluated_model_version = candidates.model_version

),

benchmarks as (

    select
        model,
        benchmark,
        metric,
        sample_kind,
        row_number() over (
            partition by model
            order by -count(*), -sum(item_count), benchmark, metric, sample_kind
        ) as choice_rank
    from comparisons
    where champion_score_share is not null
    group by model, benchmark, metric, sample_kind

),

-- a model is measured on one benchmark throughout: the one that compares most of its releases
compared_releases as (

    select comparisons.* exclude (evaluated_model_version, champion_model_version, nearness_rank)
    from comparisons
    inner join benchmarks
        on
            comparisons.model = benchmarks.model
            and comparisons.benchmark = benchmarks.benchmark
            and comparisons.metric = benchmarks.metric
            and comparisons.sample_kind = benchmarks.sample_kind
    where benchmarks.choice_rank = 1 and comparisons.champion_score_share is not null

)

select * from compared_releases
