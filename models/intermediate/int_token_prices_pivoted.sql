with

model_periods as (

    select * from {{ ref('int_model_periods') }}

),

model_prices as (

    select * from {{ ref('stg_model_prices') }}

),

-- from one row per token kind to one row per model × provider × period, prices side by side
prices_in_force as (

    select
        model_periods.model,
        model_periods.period_starts_at as model_period_starts_at,
        model_prices.provider,
        model_prices.currency as price_currency,
    {% for token_kind in ['input', 'cache_read', 'cache_write', 'output'] %}
        cast(
            max(
                case
                    when model_prices.token_kind = '{{ token_kind }}'
                        then model_prices.amount_per_million_tokens
                end
            ) * cast('0.000001' as decimal(6, 6)) as decimal(18, 12)
        ) as {{ token_kind }}_amount_per_token{{ "," if not loop.last }}
    {% endfor %}
    from model_periods
    inner join model_prices
        on
            model_periods.model = model_prices.model
            and model_periods.period_starts_at >= model_prices.valid_from_at
            and (
                model_prices.valid_to_at is null
                or model_periods.period_starts_at < model_prices.valid_to_at
            )
    group by all

)

select * from prices_in_force
