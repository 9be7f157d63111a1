with

model_prices as (

    select * from {{ source('raw', 'model_prices') }}

),

prices as (

    select
        model,
        coalesce(lower(provider), '(any)') as provider,
        token_kind,
        currency,
        cast(valid_from as timestamp) as valid_from_at,
        coalesce(
            cast(valid_to as timestamp),
            lead(cast(valid_from as timestamp)) over (
                partition by model, lower(provider), token_kind
                order by valid_from
            )
        ) as valid_to_at,
        price_per_million as amount_per_million_tokens
    from model_prices

)

select * from prices
