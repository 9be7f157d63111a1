with

observed_customers as (

    select * from {{ ref('int_customers_observed') }}

),

measured_lives as (

    select
        *,
        {{ months_begun('converted_date', 'churned_date') }} as begun_months,
        {{ months_completed(
            'converted_date', 'coalesce(churned_date, observed_through_date)'
        ) }} as completed_months
    from observed_customers

),

lifetimes as (

    select
        customer_id,
        plan,
        segment,
        acquisition_channel,
        onboarding,
        signed_up_date,
        converted_date,
        churned_date,
        observed_through_date,
        cast(date_trunc('month', signed_up_date) as date) as signed_up_month,
        cast(date_trunc('month', converted_date) as date) as cohort_month,
        cast(richness_quartile_number as bigint) as richness_quartile_number,
        case
            when churned_date is not null
                then cast(
                    greatest(ceil(begun_months / cast(renewal_months as double)), 1) as bigint
                )
        end as lost_in_period_number,
        cast(renewal_months as bigint) as renewal_months,
        cast(completed_months as bigint) as completed_months,
        cast(floor(completed_months / cast(renewal_months as double)) as bigint)
            as survived_period_count,
        cast(first_days_input_tokens as bigint) as first_days_input_tokens,
        converted_date is not null as is_converted,
        converted_date is not null and churned_date is not null as is_churned
    from measured_lives

)

select * from lifetimes
