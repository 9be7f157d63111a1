-- sharing a customer's revenue over what they used loses nothing, by requests or by tokens
with

earned_per_month as (

    select
        cast(date_trunc('month', revenue_date) as date) as usage_month,
        sum(revenue_usd) as earned_usd
    from {{ ref('fct_revenue_daily') }}
    group by cast(date_trunc('month', revenue_date) as date)

),

allocated_per_month as (

    select
        usage_month,
        sum(revenue_usd) as allocated_usd,
        sum(token_weighted_revenue_usd) as token_weighted_usd
    from {{ ref('fct_inference_months') }}
    group by usage_month

)

select
    allocated_per_month.usage_month,
    earned_per_month.earned_usd,
    allocated_per_month.allocated_usd,
    allocated_per_month.token_weighted_usd
from allocated_per_month
left join earned_per_month
    on allocated_per_month.usage_month = earned_per_month.usage_month
where
    allocated_per_month.allocated_usd <> coalesce(earned_per_month.earned_usd, 0)
    or allocated_per_month.token_weighted_usd <> coalesce(earned_per_month.earned_usd, 0)
