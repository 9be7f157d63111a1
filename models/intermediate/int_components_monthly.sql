with

months as (

    select usage_month from {{ ref('dim_months') }}

),

costs as (

    select * from {{ ref('fct_costs') }}

),

spend as (

    select
        cast(date_trunc('month', spend_date) as date) as usage_month,
        sum(spend_usd) as acquisition_spend_usd,
        sum(unconverted_lines) as unconverted_lines
    from {{ ref('fct_acquisition_spend_daily') }}
    group by cast(date_trunc('month', spend_date) as date)

),

-- from one row per ledger line to one row per month, a column per category
costs_per_month as (

    select
        cost_month,
        sum(case when cost_category = 'CC' then effective_usd end) as compute_usd,
        sum(case when cost_category = 'DAC' then effective_usd end) as data_usd,
        sum(case when cost_category = 'MMC' then effective_usd end) as maintenance_usd,
        sum(
            case
                when component in ('training_compute', 'fine_tuning_compute') then effective_usd
            end
        ) as training_usd,
        sum(case when effective_usd is null then 1 else 0 end) as unconverted_lines
    from costs
    group by cost_month

),

components_per_month as (

    select
        months.usage_month,
        costs_per_month.compute_usd,
        costs_per_month.training_usd,
        costs_per_month.data_usd,
        costs_per_month.maintenance_usd,
        spend.acquisition_spend_usd,
        coalesce(costs_per_month.unconverted_lines, 0) + coalesce(spend.unconverted_lines, 0)
            as unconverted_lines
    from months
    left join costs_per_month
        on months.usage_month = costs_per_month.cost_month
    left join spend
        on months.usage_month = spend.usage_month

)

select * from components_per_month
