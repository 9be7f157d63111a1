with

monthly_usage as (

    select * from {{ ref('fct_inference_months') }}
    where not is_unallocated and purpose in ('production', 'trial')

),

requests_per_version as (

    select
        usage_month,
        customer_id,
        model,
        model_version,
        sum(successful_requests) as successful_requests
    from monthly_usage
    group by usage_month, customer_id, model, model_version

),

-- a customer's month belongs to the one version that served most of it
ranked_versions as (

    select
        *,
        sum(successful_requests) over (partition by usage_month, customer_id)
            as customer_requests,
        row_number() over (
            partition by usage_month, customer_id
            order by successful_requests desc, model asc, model_version asc
        ) as version_rank
    from requests_per_version
    where successful_requests > 0

),

versions_served as (

    select
        usage_month,
        customer_id,
        model,
        model_version,
        successful_requests / cast(customer_requests as double) as served_version_share
    from ranked_versions
    where version_rank = 1

)

select * from versions_served
