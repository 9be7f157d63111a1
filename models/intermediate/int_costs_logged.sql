with

api_costs as (

    select * from {{ ref('int_api_costs_daily') }}

),

compared_api_bills as (

    select * from {{ ref('int_api_bills_compared') }}

),

logged_costs as (

    select
        api_costs.usage_date as cost_date,
        cast(date_trunc('month', api_costs.usage_date) as date) as cost_month,
        coalesce(api_costs.provider, '(unknown)') as provider,
        api_costs.model,
        api_costs.currency,
        sum(api_costs.logged_amount) as logged_amount,
        sum(api_costs.logged_usd) as logged_usd
    from api_costs
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
