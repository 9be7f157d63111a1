with

{% set dimensions = [
    'usage_hour_at', 'usage_date', 'customer_id', 'feature', 'provider', 'model', 'model_version',
    'purpose', 'gpu_pool', 'request_status', 'execution', 'cost_basis', 'is_response_cache_hit',
    'is_retry'
] %}
{% set measures = [
    'inference_requests', 'cache_measured_requests', 'input_tokens', 'fresh_input_tokens',
    'cache_read_tokens', 'cache_write_tokens', 'output_tokens', 'gpu_microseconds',
    'summed_cache_read_share', 'direct_usd', 'idle_usd', 'api_usd', 'cache_saving_usd'
] %}
{% set unpriced -%}
    case when direct_usd + idle_usd + api_usd is null then inference_requests else 0 end
{%- endset %}

-- most rows have their dimensions to themselves: only the others are grouped, half the work
shared_keys as (

    select served_key from {{ ref('int_usage_priced') }}
    group by served_key
    having count(*) > 1

),

customers as (

    select * from {{ ref('dim_customers') }}

),

usage_alone as (

    select * from {{ ref('int_usage_costed') }}
    where served_key not in (select shared_keys.served_key from shared_keys)

),

-- read anew, not both from one step: that would be computed in full before either
usage_shared as (

    select
        * replace (
            coalesce(provider, '(unknown)') as provider, coalesce(gpu_pool, '(none)') as gpu_pool
        )
    from {{ ref('int_usage_costed') }}
    where served_key in (select shared_keys.served_key from shared_keys)

),

-- from one row per hour × price and currency to one row per hour × published dimension
usage_summed as (

    select
        {{ dimensions | join(', ') }},
        {% for measure in measures %}
            sum({{ measure }}) as {{ measure }},
        {% endfor %}
        sum({{ unpriced }}) as unpriced_requests
    from usage_shared
    group by {{ dimensions | join(', ') }}

),

usage_per_dimension as (

    select
        {{ dimensions | join(', ') }},
        {{ measures | join(', ') }},
        {{ unpriced }} as unpriced_requests
    from usage_alone
    union all
    select {{ dimensions | join(', ') }}, {{ measures | join(', ') }}, unpriced_requests
    from usage_summed

),

served_usage as (

    select
        usage_per_dimension.* replace (
            coalesce(usage_per_dimension.provider, '(unknown)') as provider,
            coalesce(usage_per_dimension.gpu_pool, '(none)') as gpu_pool
        ),
        coalesce(customers.plan, '(unknown)') as plan,
        coalesce(customers.segment, '(unknown)') as segment,
        false as is_unallocated
    from usage_per_dimension
    left join customers
        on usage_per_dimension.customer_id = customers.customer_id

)

select * from served_usage
