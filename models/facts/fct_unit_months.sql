with

members as (

    select * from {{ ref('int_unit_members') }}

),

components as (

    select * from {{ ref('int_components_monthly') }}

),

active_users as (

    select * from {{ ref('int_active_users_monthly') }}

),

customer_counts as (

    select * from {{ ref('int_customers_monthly') }}

),

-- what no member caused alone is shared by what each was served
members_with_shared_costs as (

    select
        members.*,
        components.unconverted_lines,
        cast(members.share_weight as hugeint) as weight,
        sum(cast(members.share_weight as hugeint)) over scope_month as total_weight,
        {{ to_picos(
            'components.compute_usd - sum(members.own_compute_usd) over scope_month'
        ) }} as shared_compute_picos,
        {{ to_picos('components.training_usd') }} as training_picos,
        {{ to_picos('components.data_usd') }} as data_picos,
        {{ to_picos('components.maintenance_usd') }} as maintenance_picos,
        {{ to_picos('components.acquisition_spend_usd') }} as acquisition_spend_picos
    from members
    inner join components
        on members.usage_month = components.usage_month
    window scope_month as (partition by members.usage_month, members.scope_kind)

),

split_members as (

    select
        {% for cost in [
            'shared_compute', 'training', 'data', 'maintenance', 'acquisition_spend'
        ] %}
            {{ from_picos(split_exactly(
                cost ~ '_picos', 'weight', 'total_weight', 'usage_month, scope_kind', 'scope_id'
            )) }} as {{ cost }}_usd,
        {% endfor %}
        *
    from members_with_shared_costs

),

unit_months as (

    select
        split_members.usage_month,
        split_members.scope_kind,
        split_members.scope_id,
        cast(coalesce(active_users.active_user_count, 0) as bigint) as active_user_count,
        cast(coalesce(active_users.unnamed_user_count, 0) as bigint) as unnamed_user_count,
        cast(customer_counts.customer_count as bigint) as customer_count,
        cast(customer_counts.acquired_customer_count as bigint) as acquired_customer_count,
        cast(split_members.successful_requests as bigint) as successful_requests,
        cast(split_members.billable_requests as bigint) as billable_requests,
        cast(split_members.unpriced_requests as bigint) as unpriced_requests,
        cast(split_members.unconverted_lines as bigint) as unconverted_lines,
        cast(split_members.revenue_usd as decimal(38, 12)) as revenue_usd,
        cast(split_members.own_compute_usd + split_members.shared_compute_usd as decimal(38, 12))
            as compute_cost_usd,
        cast(split_members.trial_cost_usd as decimal(38, 12)) as trial_cost_usd,
        cast(split_members.training_usd as decimal(38, 12)) as training_cost_usd,
        cast(split_members.data_usd as decimal(38, 12)) as data_acquisition_cost_usd,
        cast(split_members.maintenance_usd as decimal(38, 12)) as maintenance_cost_usd,
        cast(split_members.acquisition_spend_usd as decimal(38, 12)) as acquisition_spend_usd
    from split_members
    left join active_users
        on
            split_members.usage_month = active_users.usage_month
            and split_members.scope_kind = active_users.scope_kind
            and split_members.scope_id = active_users.scope_id
    left join customer_counts
        on
            split_members.usage_month = customer_counts.usage_month
            and split_members.scope_kind = customer_counts.scope_kind
            and split_members.scope_id = customer_counts.scope_id

)

select * from unit_months
