with

days_recosted as (

    select * from {{ ref('int_days_recosted') }}

),

users_per_day as (

    select * from {{ ref('int_active_users_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

-- from days to months: a user is one, however many days and features they used
users_per_month as (

    select
        cast(date_trunc('month', usage_date) as date) as usage_month,
        customer_id,
        feature,
        user_id,
        sum(session_count) as session_count,
        sum(successful_requests) as successful_requests
    from users_per_day
    {% if is_incremental() %}
        where date_trunc('month', usage_date) in (
            select date_trunc('month', days_recosted.usage_date) from days_recosted
        )
        and {{ within_recosted_months('usage_date') }}
    {% endif %}
    group by cast(date_trunc('month', usage_date) as date), customer_id, feature, user_id

),

users_with_segment as (

    select
        users_per_month.*,
        coalesce(customers.segment, '(unknown)') as segment
    from users_per_month
    left join customers
        on users_per_month.customer_id = customers.customer_id

),

users_per_scope as (

    {% for scope_kind, scope_id in {
        'product': "'all'", 'segment': 'segment', 'feature': 'feature', 'customer': 'customer_id'
    }.items() %}
        select
            usage_month,
            '{{ scope_kind }}' as scope_kind,
            {{ scope_id }} as scope_id,
            count(distinct customer_id || chr(31) || user_id) as active_user_count,
            count(distinct case when user_id = '(unnamed)' then customer_id end)
                as unnamed_user_count,
            sum(session_count) as session_count,
            sum(successful_requests) as successful_requests
        from users_with_segment
        group by usage_month{{ ", " ~ scope_id if scope_kind != 'product' }}
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select * from users_per_scope
