with

monthly_usage as (

    select * from {{ ref('fct_inference_months') }}
    where not is_unallocated

),

months as (

    select usage_month from {{ ref('dim_months') }}

),

-- from one row per customer × feature × model to one row per member of each scope
usage_per_member as (

    {% for scope_kind, scope_id in {
        'product': "'all'", 'segment': 'segment', 'feature': 'feature'
    }.items() %}
        select
            usage_month,
            '{{ scope_kind }}' as scope_kind,
            {{ scope_id }} as scope_id,
            sum(case when purpose in ('production', 'trial') then successful_requests else 0 end)
                as successful_requests,
            sum(billable_requests) as billable_requests,
            sum(unpriced_requests) as unpriced_requests,
            sum(revenue_usd) as revenue_usd,
            sum(case when purpose = 'trial' then cost_usd else 0 end) as trial_cost_usd,
            sum(case when purpose <> 'monitoring' then cost_usd else 0 end) as own_compute_usd
        from monthly_usage
        group by usage_month{{ ", " ~ scope_id if scope_kind != 'product' }}
        {{ "union all" if not loop.last }}
    {% endfor %}

),

members as (

    select
        *,
        case when scope_kind = 'product' then 1 else successful_requests end as share_weight
    from usage_per_member

),

-- a month in which a scope served nothing still has costs: they stand with nobody
weight_per_scope as (

    {% for scope_kind, scope_id in {
        'product': 'all', 'segment': '(unallocated)', 'feature': '(unallocated)'
    }.items() %}
        select
            months.usage_month,
            '{{ scope_kind }}' as scope_kind,
            '{{ scope_id }}' as scope_id,
            coalesce(sum(members.share_weight), 0) as scope_weight
        from months
        left join members
            on
                months.usage_month = members.usage_month
                and members.scope_kind = '{{ scope_kind }}'
        group by months.usage_month
        {{ "union all" if not loop.last }}
    {% endfor %}

),

members_and_nobody as (

    select * from members
    union all
    select
        usage_month,
        scope_kind,
        scope_id,
        0 as successful_requests,
        0 as billable_requests,
        0 as unpriced_requests,
        0 as revenue_usd,
        0 as trial_cost_usd,
        0 as own_compute_usd,
        1 as share_weight
    from weight_per_scope
    where scope_weight = 0

)

select * from members_and_nobody
