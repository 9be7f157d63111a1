with

gpu_billing as (

    select * from {{ source('raw', 'gpu_billing') }}

),

charges as (

    select
        _file_id as file_id,
        _line as file_line,
        coalesce(
            InvoiceId,
            concat_ws(
                ' ',
                coalesce(InvoiceIssuerName, ServiceProviderName, ProviderName, '(no issuer)'),
                BillingAccountId,
                left(cast(BillingPeriodStart as varchar), 7)
            )
        ) as document_id,
        lower(coalesce(ServiceProviderName, ProviderName, PublisherName, InvoiceIssuerName))
            as provider,
        ServiceName as service_name,
        coalesce(ResourceId, ResourceName) as resource_id,
        ResourceType as resource_type,
        SkuId as sku_id,
        ChargeDescription as charge_description,
        ChargeCategory as charge_category,
        ChargeClass as charge_class,
        ConsumedUnit as consumed_unit,
        CommitmentDiscountId as commitment_discount_id,
        Tags as tags,
        BillingCurrency as currency,
        cast(date_trunc('month', BillingPeriodStart) as date) as document_month,
        ChargePeriodStart as charge_starts_at,
        ChargePeriodEnd as charge_ends_at,
        ConsumedQuantity as consumed_quantity,
        BilledCost as billed_amount,
        EffectiveCost as effective_amount
    from gpu_billing

)

select * from charges
