with

hourly_usage as (

    select * from {{ ref('int_inference_usage_hourly') }}

),

charge_slots as (

    select * from {{ ref('int_charges_spread') }}
    where component in ('inference_compute', 'model_api')

),

customers as (

    select * from {{ ref('dim_customers') }}

),

token_prices as (

    select * from {{ ref('int_token_prices_pivoted') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

customers_per_day as (

    select distinct
        usage_date,
        customer_id
    from hourly_usage

),

-- everything but the requests that a day's costs are made of, as one number each
customer_states as (

    select
        customers_per_day.usage_date,
        {{ state_of_rows([
            'customers_per_day.customer_id', 'customers.plan', 'customers.segment'
        ]) }} as customer_state
    from customers_per_day
    left join customers
        on customers_per_day.customer_id = customers.customer_id
    group by customers_per_day.usage_date

),

bill_states as (

    select
        cast(slot_starts_at as date) as usage_date,
        {{ state_of_rows([
            'slot_starts_at', 'component', 'provider', 'gpu_pool', 'document_id',
            'effective_usd', 'capacity_gpu_microseconds'
        ]) }} as bill_state
    from charge_slots
    group by cast(slot_starts_at as date)

),

rate_states as (

    select
        rate_date as usage_date,
        {{ state_of_rows(['currency', 'reporting_units_per_unit']) }} as rate_state
    from exchange_rates
    group by rate_date

),

price_states as (

    select
        {{ state_of_rows([
            'model', 'provider', 'model_period_starts_at', 'price_currency',
            'input_amount_per_token', 'cache_read_amount_per_token',
            'cache_write_amount_per_token', 'output_amount_per_token'
        ]) }} as price_state
    from token_prices

),

days as (

    select usage_date from customers_per_day
    union
    select usage_date from bill_states

),

day_states as (

    select
        days.usage_date,
        {{ hash64([
            'customer_states.customer_state', 'bill_states.bill_state', 'rate_states.rate_state',
            'price_states.price_state'
        ]) }} as inputs_state
    from days
    cross join price_states
    left join customer_states
        on days.usage_date = customer_states.usage_date
    left join bill_states
        on days.usage_date = bill_states.usage_date
    left join rate_states
        on days.usage_date = rate_states.usage_date

)

select * from day_states
