with

datasets as (

    select * from {{ ref('dim_datasets') }}

),

costs as (

    select * from {{ ref('fct_costs') }}
    where cost_category = 'DAC' and dataset_id is not null

),

costs_per_dataset as (

    select
        dataset_id,
        min(cost_date) as first_cost_date,
        sum(billed_usd) as data_cost_usd,
        count(*) filter (where billed_usd is null) as unconverted_lines
    from costs
    group by dataset_id

),

-- also a dataset that only an invoice names
known_datasets as (

    select
        coalesce(datasets.dataset_id, costs_per_dataset.dataset_id) as dataset_id,
        coalesce(datasets.first_date, costs_per_dataset.first_cost_date) as first_date,
        datasets.retired_date,
        cast(coalesce(datasets.version_count, 0) as bigint) as version_count,
        cast(coalesce(costs_per_dataset.unconverted_lines, 0) as bigint) as unconverted_lines,
        cast(coalesce(costs_per_dataset.data_cost_usd, 0) as decimal(38, 12)) as data_cost_usd
    from datasets
    full outer join costs_per_dataset
        on datasets.dataset_id = costs_per_dataset.dataset_id

)

select * from known_datasets
