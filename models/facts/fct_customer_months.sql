with

lifetimes as (

    select * from {{ ref('fct_customer_lifetimes') }}

),

months as (

    select usage_month from {{ ref('dim_months') }}

),

customer_usage as (

    select * from {{ ref('int_customer_usage_monthly') }}

),

versions_served as (

    select * from {{ ref('int_customer_versions_served') }}

),

active_users as (

    select
        usage_month,
        scope_id as customer_id,
        active_user_count,
        session_count
    from {{ ref('int_active_users_monthly') }}
    where scope_kind = 'customer'

),

outcomes as (

    select * from {{ ref('int_customer_outcomes_monthly') }}

),

-- every month of a customer's life, also those in which nothing was used
life_months as (

    select
        months.usage_month,
        lifetimes.customer_id
    from lifetimes
    inner join months
        on
            lifetimes.signed_up_month <= months.usage_month
            and coalesce(lifetimes.churned_date >= months.usage_month, true)
    union
    select
        usage_month,
        customer_id
    from customer_usage

),

described_months as (

    select
        life_months.usage_month,
        life_months.customer_id,
        lifetimes.cohort_month,
        coalesce(lifetimes.plan, customer_usage.plan, '(unknown)') as plan,
        coalesce(lifetimes.segment, customer_usage.segment, '(unknown)') as segment,
        coalesce(lifetimes.acquisition_channel, '(unknown)') as acquisition_channel,
        versions_served.model,
        versions_served.model_version,
        {{ months_apart('lifetimes.cohort_month', 'life_months.usage_month') }}
            as tenure_months,
        cast(versions_served.served_version_share as double) as served_version_share,
        cast(coalesce(active_users.active_user_count, 0) as bigint) as active_user_count,
        cast(coalesce(active_users.session_count, 0) as bigint) as session_count,
        cast(coalesce(outcomes.accepted_outcome_count, 0) as bigint) as accepted_outcome_count,
        cast(coalesce(outcomes.judged_outcome_count, 0) as bigint) as judged_outcome_count,
        {% for amount in [
            'successful_requests', 'billable_requests', 'unpriced_requests', 'input_tokens'
        ] %}
            cast(coalesce(customer_usage.{{ amount }}, 0) as bigint) as {{ amount }},
        {% endfor %}
        {% for money in ['revenue', 'cost', 'trial_cost', 'trial_idle', 'fully_loaded_cost'] %}
            cast(coalesce(customer_usage.{{ money }}_usd, 0) as decimal(38, 12)) as {{ money }}_usd,
        {% endfor %}
        coalesce(active_users.active_user_count > 0, false) as is_active,
        coalesce(lifetimes.cohort_month <= life_months.usage_month, false)
        and coalesce(lifetimes.churned_date >= life_months.usage_month, true) as is_customer,
        coalesce(
            lifetimes.is_churned
            and cast(date_trunc('month', lifetimes.churned_date) as date)
            = life_months.usage_month, false
        ) as has_churned
    from life_months
    left join lifetimes
        on life_months.customer_id = lifetimes.customer_id
    left join customer_usage
        on
            life_months.customer_id = customer_usage.customer_id
            and life_months.usage_month = customer_usage.usage_month
    left join outcomes
        on
            life_months.customer_id = outcomes.customer_id
            and life_months.usage_month = outcomes.usage_month
    left join versions_served
        on
            life_months.customer_id = versions_served.customer_id
            and life_months.usage_month = versions_served.usage_month
    left join active_users
        on
            life_months.customer_id = active_users.customer_id
            and life_months.usage_month = active_users.usage_month

)

select * from described_months
