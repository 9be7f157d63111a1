with

acquisition_spend as (

    select * from {{ source('raw', 'acquisition_spend') }}

),

spend_lines as (

    select
        spend_date,
        channel,
        campaign,
        currency,
        amount as spend_amount
    from acquisition_spend

)

select * from spend_lines
