with

monthly_usage as (

    select * from {{ ref('int_usage_monthly') }}

),

billable_usage as (

    select
        usage_month,
        customer_id,
        segment,
        plan,
        feature,
        provider,
        model,
        model_version,
        cast(billable_requests as hugeint) as billable_requests,
        cast(billable_tokens as hugeint) as billable_tokens,
        sum(billable_tokens) over (partition by customer_id, usage_month) as customer_tokens
    from monthly_usage
    where billable_requests > 0

),

-- a month in which no tokens were logged is shared by requests, so that no revenue is lost
weighted_usage as (

    select
        * exclude (billable_tokens, customer_tokens),
        case when customer_tokens = 0 then billable_requests else billable_tokens end
            as token_weight
    from billable_usage

)

select * from weighted_usage
