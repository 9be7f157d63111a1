with

costed_usage as (

    select * from {{ ref('int_usage_costed') }}
    where cost_basis in ('reported', 'price_book')

),

compared_api_bills as (

    select * from {{ ref('int_api_bills_compared') }}

),

logged_costs as (

    select
        costed_usage.usage_date as cost_date,
        cast(date_trunc('month', costed_usage.usage_date) as date) as cost_month,
        coalesce(costed_usage.provider, '(unknown)') as provider,
        costed_usage.model,
        costed_usage.currency,
        sum(costed_usage.api_amount) as logged_amount,
        sum(costed_usage.api_usd) as logged_usd
    from costed_usage
    group by all

),

-- a provider's bill replaces what the log says it cost
costs_without_bill as (

    select
        logged_costs.*,
        concat_ws(
            ' ', 'logged', logged_costs.provider, left(cast(logged_costs.cost_month as varchar), 7)
        ) as document_id
    from logged_costs
    left join compared_api_bills
        on
            logged_costs.provider = compared_api_bills.provider
            and logged_costs.cost_month = compared_api_bills.usage_month
    where compared_api_bills.provider is null

)

select * from costs_without_bill
