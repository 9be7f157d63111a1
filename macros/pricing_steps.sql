{#-
    The steps from usage (requests, or hours of them) to its price: which basis its cost has, what its
    tokens cost in the currency of the price or report, and that in the reporting currency. Named
    `converted_usage` at the end; `token_prices` and `exchange_rates` stand before it in the model.

    usage: a step with provider, model, model_period_starts_at, usage_date, gpu_pool, execution,
    currency, request_status, is_response_cache_hit, has_reported_cost, reported_amount and tokens.
-#}
{% macro pricing_steps(usage) -%}
-- a provider's own price beats a price that holds for any provider
usage_with_prices as (

    select
        {{ usage }}.*,
        coalesce(own_price.price_currency, any_price.price_currency) as price_currency,
        {% for token_kind in ['input', 'cache_read', 'cache_write', 'output'] %}
            coalesce(
                own_price.{{ token_kind }}_amount_per_token,
                any_price.{{ token_kind }}_amount_per_token
            ) as {{ token_kind }}_amount_per_token,
        {% endfor %}
        {{ usage }}.input_tokens - {{ usage }}.cache_read_tokens
        - {{ usage }}.cache_write_tokens as fresh_input_tokens
    from {{ usage }}
    left join token_prices as own_price
        on
            {{ usage }}.model = own_price.model
            and {{ usage }}.model_period_starts_at = own_price.model_period_starts_at
            and {{ usage }}.provider = own_price.provider
    left join token_prices as any_price
        on
            {{ usage }}.model = any_price.model
            and {{ usage }}.model_period_starts_at = any_price.model_period_starts_at
            and any_price.provider = '(any)'

),

usage_with_basis as (

    select
        * exclude (currency),
        case
            when gpu_pool is not null then 'gpu_pool'
            when execution = 'on_device' or is_response_cache_hit then 'free'
            when has_reported_cost then 'reported'
            when input_tokens + output_tokens = 0 and request_status <> 'success' then 'free'
            when input_amount_per_token + output_amount_per_token is not null then 'price_book'
            else 'unpriced'
        end as cost_basis,
        case when has_reported_cost then currency else coalesce(price_currency, currency) end
            as currency,
        fresh_input_tokens * input_amount_per_token
        + cache_read_tokens * coalesce(cache_read_amount_per_token, input_amount_per_token)
        + cache_write_tokens * coalesce(cache_write_amount_per_token, input_amount_per_token)
        + output_tokens * output_amount_per_token as price_book_amount,
        cache_read_tokens * (input_amount_per_token - cache_read_amount_per_token)
        - cache_write_tokens * (
            coalesce(cache_write_amount_per_token, input_amount_per_token)
            - input_amount_per_token
        ) as cache_saving_amount
    from usage_with_prices

),

usage_with_api_amount as (

    select
        * exclude (reported_amount, price_book_amount),
        cast(
            case cost_basis
                when 'reported' then reported_amount
                when 'price_book' then price_book_amount
                when 'unpriced' then null
                else 0
            end as decimal(38, 12)
        ) as api_amount
    from usage_with_basis

),

converted_usage as (

    select
        usage_with_api_amount.* exclude (
            price_currency, input_amount_per_token, cache_read_amount_per_token,
            cache_write_amount_per_token, output_amount_per_token
        ),
        {{ in_reporting_currency(
            'usage_with_api_amount.api_amount', 'usage_with_api_amount.currency',
            'exchange_rates.reporting_units_per_unit'
        ) }} as api_usd,
        {{ in_reporting_currency(
            'usage_with_api_amount.cache_saving_amount', 'usage_with_api_amount.price_currency',
            'price_rates.reporting_units_per_unit'
        ) }} as cache_saving_usd
    from usage_with_api_amount
    left join exchange_rates
        on
            usage_with_api_amount.currency = exchange_rates.currency
            and usage_with_api_amount.usage_date = exchange_rates.rate_date
    left join exchange_rates as price_rates
        on
            usage_with_api_amount.price_currency = price_rates.currency
            and usage_with_api_amount.usage_date = price_rates.rate_date

)
{%- endmacro %}
