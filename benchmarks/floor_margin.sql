-- Revenue by day, the API bill beside the log, and the margin of the product by month.
create table revenue_per_day as
with

lines as (

    select
        revenue.*,
        cast(amount * 100 as bigint) as cents,
        case when kind = 'subscription' then period_end else period_start end as last_day,
        case
            when revenue.currency = 'USD' then cast(1 as decimal(18, 10))
            else (
                select exchange_rates.rate_to_reporting from exchange_rates
                where
                    exchange_rates.currency = revenue.currency
                    and exchange_rates.rate_date <= period_start
                order by exchange_rates.rate_date desc
                limit 1
            )
        end as rate
    from revenue

),

days as (

    select
        *,
        cast(unnest(generate_series(period_start, last_day, interval 1 day)) as date) as day,
        last_day - period_start + 1 as day_count
    from lines

)

select
    day,
    customer_id,
    kind,
    currency,
    sum(
        cast(cents // day_count + if(day - period_start < cents % day_count, 1, 0) as decimal(38, 2))
        * rate
    ) * 0.01 as revenue_usd
from days
group by all;

create table margins as
with

costs as (

    select
        cast(date_trunc('month', hour) as date) as month,
        sum(requests) as requests,
        sum(input_tokens + output_tokens) as tokens,
        sum(direct_picos) as direct_picos,
        sum(idle_picos) as idle_picos,
        sum(api_picos) as api_picos,
        sum(direct_picos + idle_picos + api_picos)
            filter (purpose not in ('trial', 'internal', 'evaluation', 'monitoring'))
            as revenue_cost_picos,
        sum(api_picos) filter (provider = 'anthropic') as logged_picos
    from hourly_costs
    group by all

),

-- a provider's bill replaces the sum of its calls; the difference belongs to no request
api_bills as (

    select
        cast(date_trunc('month', "BillingPeriodStart") as date) as month,
        sum("EffectiveCost") as billed_usd
    from charges
    where "ProviderName" = 'Anthropic'
    group by all

),

revenues as (

    select
        cast(date_trunc('month', day) as date) as month,
        sum(revenue_usd) as revenue_usd
    from revenue_per_day
    group by all

)

select
    month,
    cast(requests as bigint) as requests,
    cast(tokens as bigint) as tokens,
    cast(direct_picos as decimal(38, 0)) * 0.000000000001 as direct_usd,
    cast(idle_picos as decimal(38, 0)) * 0.000000000001 as idle_usd,
    cast(api_picos - logged_picos as decimal(38, 0)) * 0.000000000001 + billed_usd as api_usd,
    revenue_usd - billed_usd
    - cast(revenue_cost_picos - logged_picos as decimal(38, 0)) * 0.000000000001 as margin_usd
from costs
left join api_bills using (month)
left join revenues using (month)
order by month;
