with

records_per_day as (

    select * from {{ ref('int_dataset_records_deduplicated') }}

),

snapshots as (

    select * from {{ ref('stg_datasets') }}

),

months as (

    select * from {{ ref('dim_months') }}

),

first_records as (

    select
        dataset_id,
        min(collected_date) as first_date
    from records_per_day
    group by dataset_id

),

-- records are the better witness: where there are any, they are counted and snapshots are not
counted_months as (

    select
        months.usage_month,
        months.month_end_date as counted_date,
        records_per_day.dataset_id,
        sum(records_per_day.collected_record_count) as collected_record_count,
        sum(records_per_day.unique_record_count) as unique_record_count,
        sum(records_per_day.near_unique_record_count) as near_unique_record_count,
        {% for days in [0, 30, 60, 90] %}
            {% set vintage = '' if days == 0 else days ~ '_days_' %}
            {% set is_old = 'records_per_day.collected_date <= months.month_end_date - ' ~ days %}
            {% if days > 0 %}
                sum(case when {{ is_old }} then records_per_day.collected_record_count else 0 end)
                    as collected_{{ vintage }}record_count,
            {% endif %}
            sum(
                case
                    when {{ is_old }} and records_per_day.used_date <= months.month_end_date
                        then records_per_day.near_unique_record_count
                    else 0
                end
            ) as used_{{ vintage }}record_count,
        {% endfor %}
        'records' as count_basis
    from months
    inner join records_per_day
        on months.month_end_date >= records_per_day.collected_date
    group by months.usage_month, months.month_end_date, records_per_day.dataset_id

),

snapshots_by_month as (

    select
        months.usage_month,
        snapshots.*,
        row_number() over (
            partition by snapshots.dataset_id, months.usage_month
            order by snapshots.snapshot_date desc
        ) as recency_rank
    from months
    inner join snapshots
        on months.month_end_date >= snapshots.snapshot_date
    left join first_records
        on snapshots.dataset_id = first_records.dataset_id
    where first_records.dataset_id is null

),

dataset_months as (

    select * from counted_months
    union all by name
    select
        usage_month,
        snapshot_date as counted_date,
        dataset_id,
        collected_record_count,
        unique_record_count,
        coalesce(near_unique_record_count, unique_record_count) as near_unique_record_count,
        used_record_count,
        'snapshot' as count_basis
    from snapshots_by_month
    where recency_rank = 1

)

select * from dataset_months
