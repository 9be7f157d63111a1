with

usage_rows as (

    select * from {{ ref('int_usage_priced') }}

),

allocated_usage as (

    select * from {{ ref('int_pool_usage_allocated') }}

),

-- a pool hour that no bill covers has an unknown cost, not a cost of nothing
costed_usage as (

    select
        usage_rows.*,
        case
            when usage_rows.cost_basis = 'gpu_pool'
                then {{ from_picos('allocated_usage.direct_picos') }}
            else cast(0 as decimal(38, 12))
        end as direct_usd,
        case
            when usage_rows.cost_basis = 'gpu_pool'
                then {{ from_picos('allocated_usage.idle_picos') }}
            else cast(0 as decimal(38, 12))
        end as idle_usd
    from usage_rows
    left join allocated_usage
        on usage_rows.usage_key = allocated_usage.usage_key

)

select * from costed_usage
