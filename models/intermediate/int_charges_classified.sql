with

charges as (

    select
        *,
        {{ hash64([
            'tags', 'provider', 'service_name', 'resource_id', 'charge_description'
        ]) }} as charge_kind_key
    from {{ ref('stg_gpu_billing') }}

),

charge_kinds as (

    select * from {{ ref('int_charge_kinds_classified') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- usage in hours is what a pool could have worked; other units say nothing about capacity
charges_with_gpu_hours as (

    select
        charges.*,
        charge_kinds.component,
        charge_kinds.purpose,
        charge_kinds.gpu_pool,
        case
            when
                charges.charge_category = 'Usage'
                and lower(charges.consumed_unit) like '%gpu%hour%'
                then charges.consumed_quantity
            when
                charges.charge_category = 'Usage'
                and lower(charges.consumed_unit) like '%hour%'
                and charge_kinds.gpu_pool is not null
                then charges.consumed_quantity * charge_kinds.gpus_per_instance
        end as gpu_hours
    from charges
    inner join charge_kinds
        on charges.charge_kind_key = charge_kinds.charge_kind_key

),

-- from one row per charge line to one row per document × charge period × what it is for
charges_per_period as (

    select
        document_id,
        document_month,
        provider,
        component,
        purpose,
        gpu_pool,
        charge_category,
        currency,
        charge_starts_at,
        greatest(charge_ends_at, charge_starts_at + interval '1 hour') as charge_ends_at,
        count(*) as charge_lines,
        cast(sum(gpu_hours) as decimal(38, 12)) as gpu_hours,
        cast(sum(billed_amount) as decimal(38, 12)) as billed_amount,
        cast(sum(effective_amount) as decimal(38, 12)) as effective_amount
    from charges_with_gpu_hours
    group by all

),

charges_with_rate as (

    select
        charges_per_period.*,
        case
            when charges_per_period.currency = '{{ var("reporting_currency") }}' then 1
            else exchange_rates.reporting_units_per_unit
        end as reporting_units_per_unit,
        row_number() over (
            order by
                charges_per_period.document_id,
                charges_per_period.charge_starts_at,
                charges_per_period.component,
                charges_per_period.gpu_pool,
                charges_per_period.charge_category,
                charges_per_period.charge_ends_at,
                charges_per_period.currency,
                charges_per_period.purpose,
                charges_per_period.provider
        ) as charge_id
    from charges_per_period
    left join exchange_rates
        on
            charges_per_period.currency = exchange_rates.currency
            and cast(charges_per_period.charge_starts_at as date) = exchange_rates.rate_date

)

select * from charges_with_rate
