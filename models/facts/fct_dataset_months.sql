with

counted_months as (

    select * from {{ ref('int_dataset_months_counted') }}

),

datasets as (

    select * from {{ ref('dim_datasets') }}

),

costs as (

    select * from {{ ref('fct_costs') }}
    where cost_category = 'DAC' and dataset_id is not null

),

coverage as (

    select count(*) as feed_count from {{ ref('fct_feed_coverage') }}
    where feed in ('training_runs', 'model_versions') and row_count > 0

),

cost_per_dataset_month as (

    select
        counted_months.dataset_id,
        counted_months.usage_month,
        sum(costs.billed_usd) as data_cost_usd,
        count(*) filter (where costs.billed_usd is null) as unconverted_lines
    from counted_months
    inner join costs
        on
            counted_months.dataset_id = costs.dataset_id
            and counted_months.usage_month >= costs.cost_month
    group by counted_months.dataset_id, counted_months.usage_month

),

-- where a snapshot is silent, all of a dataset is used that a promoted version's run names
dataset_months as (

    select
        counted_months.dataset_id,
        counted_months.usage_month,
        counted_months.counted_date,
        counted_months.count_basis,
        case
            when counted_months.count_basis = 'records' and coverage.feed_count < 2 then null
            when counted_months.count_basis = 'records' then 'counted'
            when counted_months.used_record_count is not null then 'reported'
            when coverage.feed_count = 2 then 'runs'
        end as use_basis,
        counted_months.collected_record_count,
        counted_months.unique_record_count,
        counted_months.near_unique_record_count,
        counted_months.used_record_count,
        {% for days in [30, 60, 90] %}
            counted_months.collected_{{ days }}_days_record_count,
            case
                when coverage.feed_count = 2 then counted_months.used_{{ days }}_days_record_count
            end as used_{{ days }}_days_record_count,
        {% endfor %}
        coalesce(
            cast(datasets.first_used_at as date)
            <= cast(counted_months.usage_month + interval '1 month' - interval '1 day' as date),
            false
        ) as is_named_by_run
    from counted_months
    cross join coverage
    inner join datasets
        on counted_months.dataset_id = datasets.dataset_id
    where
        datasets.retired_date is null
        or counted_months.usage_month <= datasets.retired_date

),

costed_dataset_months as (

    select
        dataset_months.dataset_id,
        dataset_months.usage_month,
        dataset_months.counted_date,
        dataset_months.count_basis,
        dataset_months.use_basis,
        {% for count in ['collected', 'unique', 'near_unique'] %}
            cast(dataset_months.{{ count }}_record_count as bigint) as {{ count }}_record_count,
        {% endfor %}
        cast(
            case
                when dataset_months.use_basis in ('counted', 'reported')
                    then dataset_months.used_record_count
                when dataset_months.is_named_by_run then dataset_months.near_unique_record_count
                when dataset_months.use_basis = 'runs' then 0
            end as bigint
        ) as used_record_count,
        {% for days in [30, 60, 90] %}
            cast(dataset_months.collected_{{ days }}_days_record_count as bigint)
                as collected_{{ days }}_days_record_count,
            cast(dataset_months.used_{{ days }}_days_record_count as bigint)
                as used_{{ days }}_days_record_count,
        {% endfor %}
        cast(coalesce(costs.unconverted_lines, 0) as bigint) as unconverted_lines,
        cast(coalesce(costs.data_cost_usd, 0) as decimal(38, 12)) as data_cost_usd
    from dataset_months
    left join cost_per_dataset_month as costs
        on
            dataset_months.dataset_id = costs.dataset_id
            and dataset_months.usage_month = costs.usage_month

)

select * from costed_dataset_months
