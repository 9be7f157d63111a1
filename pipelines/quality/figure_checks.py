"""The checks on published figures: they agree with each other and lie within their range."""

from pipelines.quality.checks import Check
from pipelines.quality.rules import NoRows

SHARES_OUT_OF_RANGE = """
    with shares as (
        select usage_month, model, cast(columns('_share$') as double)
        from {batch}
    ),
    long_shares as (unpivot shares on columns('_share$') into name share_name value share)
    select * from long_shares
    where share < 0 or share > 1
"""
MARGIN_ABOVE_REVENUE = """
    select * from {batch}
    where revenue_usd > 0 and cost_usd >= 0 and margin_share > 1
"""
MEMBERS_ARE_NOT_THE_PRODUCT = """
    with scopes as (
        select
            usage_month,
            scope_kind,
            sum(coalesce(revenue_usd, 0)) as revenue_usd,
            sum(coalesce(cost_usd, 0)) as cost_usd
        from {batch}
        group by usage_month, scope_kind
    )
    select
        members.usage_month, members.scope_kind,
        product.revenue_usd as product_revenue_usd, members.revenue_usd,
        product.cost_usd as product_cost_usd, members.cost_usd
    from (select * from scopes where scope_kind <> 'product') as members
    left join (select * from scopes where scope_kind = 'product') as product
        on members.usage_month = product.usage_month
    where abs(members.revenue_usd - coalesce(product.revenue_usd, 0)) >= 0.01
        or abs(members.cost_usd - coalesce(product.cost_usd, 0)) >= 0.01
"""
DIFFERENCE_UNEXPLAINED = """
    select * from {batch}
    where abs(difference_amount) >= 0.01 and coalesce(trim(explanation), '') = ''
"""

FIGURE_CHECKS = (
    Check(
        name="members_add_up_to_the_product",
        description="customers, segments, features and models each sum to the product's revenue"
        " and cost of the month, to the cent",
        schema="marts",
        table="inference_margin",
        column="scope_kind",
        severity="critical",
        rule=NoRows(MEMBERS_ARE_NOT_THE_PRODUCT),
        key=("usage_month", "scope_kind"),
        remedy="a scope in pipelines/metrics/inference_margin.py drops or doubles members",
    ),
    Check(
        name="margin_is_not_above_revenue",
        description="no margin is more than the revenue it is a share of",
        schema="marts",
        table="inference_margin",
        column="margin_share",
        severity="critical",
        rule=NoRows(MARGIN_ABOVE_REVENUE),
        key=("usage_month", "scope_kind", "scope_id"),
        remedy="cost is missing from the margin, or its sign is wrong",
    ),
    Check(
        name="shares_are_shares",
        description="every share of compute_efficiency is between 0 and 1",
        schema="marts",
        table="compute_efficiency",
        severity="critical",
        rule=NoRows(SHARES_OUT_OF_RANGE),
        key=("usage_month", "model", "share_name"),
        remedy="part and whole of the share are not of the same requests, or a credit outweighs"
        " the charges of its month",
    ),
    Check(
        name="differences_are_explained",
        description="a difference of a cent or more between document and ledger is explained",
        schema="marts",
        table="reconciliation",
        column="explanation",
        severity="critical",
        rule=NoRows(DIFFERENCE_UNEXPLAINED),
        key=("source_feed", "document_id", "document_month", "currency"),
        remedy="give the difference a name in pipelines/metrics/reconciliation.py",
    ),
)
