with

customers as (

    select
        *,
        cast(signed_up_at as date) as signed_up_date,
        cast(converted_at as date) as converted_date,
        cast(churned_at as date) as churned_date
    from {{ ref('dim_customers') }}

),

renewal_terms as (

    select * from {{ ref('int_renewal_terms') }}

),

early_usage as (

    select
        customer_id,
        first_days_input_tokens,
        ntile(4) over (order by first_days_input_tokens, customer_id) as richness_quartile_number
    from {{ ref('int_customers_early_usage') }}

),

observation as (

    select
        coalesce(
            (select max(complete_through_date) from {{ ref('dim_months') }}), as_of_date - 1
        ) as observed_through_date
    from {{ source('ops', 'current_run') }}

),

-- what happens after the last day observed has not happened yet
observed_customers as (

    select
        customers.customer_id,
        customers.plan,
        customers.segment,
        customers.acquisition_channel,
        case
            when customers.acquisition_channel = '(unknown)' then '(unknown)'
            when customers.acquisition_channel in (
                '{{ var("assisted_channels") | replace(", ", "', '") }}'
            ) then 'assisted'
            else 'self_serve'
        end as onboarding,
        customers.signed_up_date,
        case
            when customers.converted_date <= observation.observed_through_date
                then customers.converted_date
        end as converted_date,
        case
            when customers.churned_date <= observation.observed_through_date
                then greatest(customers.churned_date, customers.converted_date)
        end as churned_date,
        observation.observed_through_date,
        coalesce(renewal_terms.renewal_months, {{ var('default_renewal_months') }})
            as renewal_months,
        early_usage.first_days_input_tokens,
        early_usage.richness_quartile_number
    from customers
    cross join observation
    left join renewal_terms
        on customers.customer_id = renewal_terms.customer_id
    left join early_usage
        on customers.customer_id = early_usage.customer_id
    where customers.signed_up_date <= observation.observed_through_date

)

select * from observed_customers
