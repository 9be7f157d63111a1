with

requests as (

    select * from {{ ref('stg_inference_logs') }}

),

model_periods as (

    select * from {{ ref('int_model_periods') }}

),

token_prices as (

    select * from {{ ref('int_token_prices_pivoted') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

requests_with_period as (

    select
        requests.* exclude (
            model_version, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
            started_date, started_hour_at
        ),
        requests.started_date as usage_date,
        requests.started_hour_at as usage_hour_at,
        model_periods.period_starts_at as model_period_starts_at,
        coalesce(requests.model_version, model_periods.model_version, '(unknown)')
            as model_version,
        requests.reported_amount is not null as has_reported_cost,
        {% for kind in ['input', 'cache_read', 'cache_write', 'output'] %}
            coalesce(requests.{{ kind }}_tokens, 0) as {{ kind }}_tokens,
        {% endfor %}
        cast(coalesce(requests.gpu_seconds, 0) * 1000000 as hugeint) as gpu_microseconds
    from requests
    left join model_periods
        on
            requests.model = model_periods.model
            and requests.started_at >= model_periods.period_starts_at
            and requests.started_at < model_periods.period_ends_at

),

{{ pricing_steps('requests_with_period') }},

priced_requests as (

    select * from converted_usage

)

select * from priced_requests
