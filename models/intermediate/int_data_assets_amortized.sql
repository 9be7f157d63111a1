with

asset_lines as (

    select * from {{ ref('int_data_asset_lines') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

lines_with_rate as (

    select
        asset_lines.*,
        case
            when asset_lines.currency = '{{ var("reporting_currency") }}' then 1
            else exchange_rates.reporting_units_per_unit
        end as reporting_units_per_unit,
        cast({{ to_picos('asset_lines.line_amount') }} as hugeint) as line_picos
    from asset_lines
    left join exchange_rates
        on
            asset_lines.currency = exchange_rates.currency
            and asset_lines.issue_date = exchange_rates.rate_date

),

-- data are an asset: straight line over the life of the dataset, in whole cents
line_months as (

    select
        *,
        cast({{ series(
            'document_month', "document_month + (served_months - 1) * interval '1 month'", '1 month'
        ) }} as date) as cost_month,
        {{ integer_divide('line_picos', '10000000000') }} as line_cents
    from lines_with_rate

),

-- the month a dataset is retired writes off what is left of it
weighted_months as (

    select
        *,
        cast(
            case
                when {{ months_apart('document_month', 'cost_month') }} + 1 = served_months
                    then {{ var('dataset_life_months') }} - served_months + 1
                else 1
            end as hugeint
        ) as month_weight,
        cast({{ var('dataset_life_months') }} as hugeint) as life_weight
    from line_months

),

split_months as (

    select
        *,
        case when cost_month = document_month then line_amount else 0 end as billed_amount,
        10000000000 * {{ split_exactly(
            'line_cents', 'month_weight', 'life_weight',
            'source_feed, document_id, line_number', 'cost_month'
        ) }}
        + case when cost_month = document_month then line_picos % 10000000000 else 0 end
            as effective_picos
    from weighted_months

),

amortized_lines as (

    select
        source_feed,
        document_id,
        document_month,
        line_number,
        component,
        dataset_id,
        issuer,
        currency,
        case when cost_month = document_month then issue_date else cost_month end as cost_date,
        cost_month,
        cast(billed_amount as decimal(38, 12)) as billed_amount,
        {{ from_picos('effective_picos') }} as effective_amount,
        {{ in_reporting_currency('billed_amount', 'currency', 'reporting_units_per_unit') }}
            as billed_usd,
        {{ in_reporting_currency(
            from_picos('effective_picos'), 'currency', 'reporting_units_per_unit'
        ) }} as effective_usd
    from split_months

)

select * from amortized_lines
