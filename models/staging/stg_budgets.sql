with

budgets as (

    select * from {{ source('raw', 'budgets') }}

),

budget_lines as (

    select
        budget_month,
        component,
        currency,
        amount as budget_amount
    from budgets

)

select * from budget_lines
