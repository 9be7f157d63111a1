with

customer_months as (

    select * from {{ ref('fct_customer_months') }}
    where is_customer

),

customers_per_scope as (

    {% for scope_kind, scope_id in {'product': "'all'", 'segment': 'segment'}.items() %}
        select
            usage_month,
            '{{ scope_kind }}' as scope_kind,
            {{ scope_id }} as scope_id,
            count(*) as customer_count,
            count(*) filter (where tenure_months = 0) as acquired_customer_count
        from customer_months
        group by usage_month{{ ", " ~ scope_id if scope_kind != 'product' }}
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select * from customers_per_scope
