"""Pricing: what other price lists would have brought, and whether value or usage is billed."""

from pipelines.report.declarations import Chart, Exhibit, Filter, Page

BY_FRAMEWORK = (
    "framework", "usage_month", "demand_elasticity_ratio", "margin_share", "margin_usd",
    "revenue_usd", "cost_usd", "actual_revenue_usd", "bill_change_share", "customer_count",
    "loss_making_customer_count", "raised_bill_count", "lowered_bill_count", "status", "reason",
)  # fmt: skip
FRAMEWORKS = Exhibit(
    title="What would another price list have brought?",
    table="marts.pricing_scenarios",
    columns=BY_FRAMEWORK,
    chart=Chart("bars", ("margin_share",), labels=("framework",)),
    filters=(Filter("usage_month", one=True), Filter("demand_elasticity_ratio", one=True)),
    where="scope_kind = 'total'",
    order_by="usage_month desc, demand_elasticity_ratio desc, framework <> 'actual', framework",
    note="Actual use, billed in other ways; each is revenue-neutral in the base month.",
)
BILLS = Exhibit(
    title="Whose bill would change?",
    table="marts.pricing_scenarios",
    columns=(
        "scope_id", "usage_month", "framework", "effect", "bill_change_share",
        "actual_revenue_usd", "revenue_usd", "cost_usd", "margin_usd", "status", "reason",
    ),
    chart=Chart("bars", ("bill_change_share",), labels=("scope_id",)),
    filters=(Filter("usage_month", one=True), Filter("framework", one=True), Filter("effect")),
    where="scope_kind = 'customer' and framework <> 'actual' and effect in ('wins', 'loses')",
    order_by="usage_month desc, framework, bill_change_share desc nulls last, scope_id",
    customer_rows="true",
)  # fmt: skip
ALIGNMENT = Exhibit(
    title="Are we pricing value or usage?",
    table="marts.value_alignment",
    columns=(
        "usage_month", "alignment", "value_basis", "bill_value_ratio", "bill_value_ratio_ci_low",
        "bill_value_ratio_ci_high", "bill_usage_ratio", "bill_cost_ratio",
        "bill_value_given_usage_ratio", "customer_count", "needed_customer_count", "status",
        "reason",
    ),
    chart=Chart("lines", ("bill_value_ratio", "bill_usage_ratio"), across="usage_month"),
    order_by="usage_month desc",
    note="Rank correlation of bills with the value of outcomes and with use.",
)  # fmt: skip
DENSITY = Exhibit(
    title="What is one more inference worth?",
    table="marts.value_density",
    columns=(
        "feature", "usage_month", "marginal_value_usd", "marginal_value_usd_ci_low",
        "marginal_value_usd_ci_high", "marginal_cost_usd", "verdict", "value_per_inference_usd",
        "cost_per_inference_usd", "monthly_growth_share", "growth_shape", "customer_count",
        "would_suffice", "status", "reason",
    ),
    chart=Chart(
        "points", ("marginal_value_usd",), labels=("feature",), goal="marginal_cost_usd",
        goal_name="the marginal cost, below which an inference is not worth it",
    ),
    filters=(Filter("usage_month", one=True),),
    order_by="usage_month desc, marginal_value_usd desc nulls last, feature",
)  # fmt: skip
PRICING = Page(
    name="pricing",
    title="Pricing",
    question="Do prices follow value, and what would another price list bring?",
    metrics=("revenue_per_inference_usd", "inference_margin_share"),
    exhibits=(FRAMEWORKS, BILLS, ALIGNMENT, DENSITY),
)
