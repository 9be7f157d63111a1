with

charges as (

    select * from {{ ref('int_charges_classified') }}

),

-- GPU pools are allocated by the hour; everything else only has to land in its month
charge_slots as (

    select
        *,
        {{ series(
            "date_trunc('hour', charge_starts_at)",
            "charge_ends_at - interval '1 microsecond'",
            '1 hour'
        ) }} as slot_starts_at,
        cast(1 as hugeint) as slot_weight
    from charges
    where gpu_pool is not null
    union all
    select
        *,
        {{ series(
            "date_trunc('month', charge_starts_at)",
            "charge_ends_at - interval '1 microsecond'",
            '1 month'
        ) }} as month_starts_at,
        cast(
            date_diff(
                'minute',
                greatest(month_starts_at, charge_starts_at),
                least(month_starts_at + interval '1 month', charge_ends_at)
            ) as hugeint
        ) as slot_weight
    from charges
    where gpu_pool is null

),

weighted_slots as (

    select
        *,
        {{ to_picos('effective_amount') }} as effective_picos,
        cast(coalesce(gpu_hours, 0) * 3600000000 as hugeint) as capacity_gpu_microseconds,
        sum(slot_weight) over (partition by charge_id) as charge_weight,
        row_number() over (partition by charge_id order by slot_starts_at) as slot_number
    from charge_slots

),

split_slots as (

    select
        charge_id,
        document_id,
        document_month,
        provider,
        component,
        purpose,
        gpu_pool,
        charge_category,
        currency,
        reporting_units_per_unit,
        slot_number,
        greatest(slot_starts_at, date_trunc('hour', charge_starts_at)) as slot_starts_at,
        case when slot_number = 1 then billed_amount else 0 end as billed_amount,
        {{ split_exactly(
            'effective_picos', 'slot_weight', 'charge_weight', 'charge_id', 'slot_starts_at'
        ) }} as effective_picos,
        {{ split_exactly(
            'capacity_gpu_microseconds', 'slot_weight', 'charge_weight', 'charge_id',
            'slot_starts_at'
        ) }} as capacity_gpu_microseconds
    from weighted_slots

),

converted_slots as (

    select
        charge_id,
        document_id,
        document_month,
        provider,
        component,
        purpose,
        gpu_pool,
        charge_category,
        currency,
        slot_starts_at,
        cast(capacity_gpu_microseconds as bigint) as capacity_gpu_microseconds,
        cast(billed_amount as decimal(38, 12)) as billed_amount,
        {{ from_picos('effective_picos') }} as effective_amount,
        {{ in_reporting_currency('billed_amount', 'currency', 'reporting_units_per_unit') }}
            as billed_usd,
        {{ in_reporting_currency(
            from_picos('effective_picos'), 'currency', 'reporting_units_per_unit'
        ) }} as effective_usd
    from split_slots
    where slot_number = 1 or effective_picos <> 0 or capacity_gpu_microseconds <> 0

)

select * from converted_slots
