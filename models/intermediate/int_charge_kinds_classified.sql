with

charges as (

    select * from {{ ref('stg_gpu_billing') }}

),

charge_rules as (

    select * from {{ ref('charge_rules') }}

),

gpu_instance_types as (

    select * from {{ ref('gpu_instance_types') }}

),

-- rules look at a handful of columns, so they are asked once per combination, not per charge
charge_kinds as (

    select distinct
        tags,
        provider,
        service_name,
        resource_id,
        charge_description,
        {{ hash64([
            'tags', 'provider', 'service_name', 'resource_id', 'charge_description'
        ]) }} as charge_kind_key
    from charges

),

instance_type_matches as (

    select
        charge_kinds.charge_kind_key,
        gpu_instance_types.instance_type,
        gpu_instance_types.gpus_per_instance,
        row_number() over (
            partition by charge_kinds.charge_kind_key
            order by length(gpu_instance_types.instance_type) desc
        ) as match_rank
    from charge_kinds
    inner join gpu_instance_types
        on contains(charge_kinds.charge_description, gpu_instance_types.instance_type)

),

rule_matches as (

    select
        charge_kinds.charge_kind_key,
        charge_rules.component,
        charge_rules.purpose,
        case charge_rules.gpu_pool
            when '(tag)' then {{ json_text('charge_kinds.tags', "'gpu_pool'") }}
            else charge_rules.gpu_pool
        end as gpu_pool,
        row_number() over (
            partition by charge_kinds.charge_kind_key
            order by charge_rules.rule_order
        ) as match_rank
    from charge_kinds
    inner join charge_rules
        on
            (
                charge_rules.tag_key is null
                or lower({{ json_text('charge_kinds.tags', 'charge_rules.tag_key') }})
                like charge_rules.tag_value
            )
            and (
                charge_rules.provider is null
                or charge_kinds.provider like charge_rules.provider
            )
            and (
                charge_rules.service is null
                or lower(charge_kinds.service_name) like charge_rules.service
            )
            and (
                charge_rules.resource is null
                or lower(charge_kinds.resource_id) like charge_rules.resource
            )
            and (
                charge_rules.description is null
                or lower(charge_kinds.charge_description) like charge_rules.description
            )

),

classified_kinds as (

    select
        charge_kinds.charge_kind_key,
        coalesce(rule_matches.component, 'unmatched') as component,
        coalesce(rule_matches.purpose, 'unknown') as purpose,
        case rule_matches.gpu_pool
            when '(instance type)' then instance_type_matches.instance_type
            else rule_matches.gpu_pool
        end as gpu_pool,
        instance_type_matches.gpus_per_instance
    from charge_kinds
    left join rule_matches
        on
            charge_kinds.charge_kind_key = rule_matches.charge_kind_key
            and rule_matches.match_rank = 1
    left join instance_type_matches
        on
            charge_kinds.charge_kind_key = instance_type_matches.charge_kind_key
            and instance_type_matches.match_rank = 1

)

select * from classified_kinds
