"""Customers: what they cost to win, what they bring, who stays, who costs more than they pay."""

from pipelines.report.declarations import CUSTOMERS_SHOWN, Chart, Exhibit, Filter, Page

SCOPES = (Filter("scope_kind", one=True), Filter("scope_id"))
ACQUISITION = Exhibit(
    title="What does a new customer cost?",
    table="marts.acquisition_cost",
    columns=(
        "cohort_month", "scope_kind", "scope_id", "cac_usd", "adjusted_cac_usd", "payback_months",
        "adjusted_payback_months", "acquisition_spend_usd", "trial_cost_usd",
        "acquired_customer_count", "status", "reason",
    ),
    chart=Chart("lines", ("cac_usd", "adjusted_cac_usd"), across="cohort_month"),
    filters=(Filter("scope_kind", one=True), Filter("scope_id", one=True)),
    order_by="scope_kind <> 'product', scope_kind, scope_id, cohort_month desc",
    note="The adjusted figure adds the inference of trials to what marketing and sales spent.",
)  # fmt: skip
LIFETIME = Exhibit(
    title="What does a customer leave in their life?",
    table="marts.lifetime_value",
    columns=(
        "scope_kind", "scope_id", "renewal_months", "ltv_usd", "ltv_usd_ci_low", "ltv_usd_ci_high",
        "adjusted_ltv_usd", "naive_ltv_usd", "period_churn_share", "customer_count",
        "would_suffice", "status", "reason",
    ),
    chart=Chart("bars", ("ltv_usd",), labels=("scope_id", "renewal_months")),
    filters=SCOPES,
    order_by="list_position(['product', 'channel', 'segment'], scope_kind) nulls last, scope_kind,"
    " scope_id, renewal_months",
    note="Per customer; the number beside a name is the months between two renewals.",
)  # fmt: skip
STAYING = Exhibit(
    title="Who stays?",
    table="marts.retention",
    columns=(
        "age_period_number", "scope_kind", "scope_id", "renewal_months", "survival_share",
        "survival_share_ci_low", "survival_share_ci_high", "fitted_survival_share",
        "at_risk_count", "lost_count", "is_projected", "status", "reason",
    ),
    chart=Chart("lines", ("survival_share",), across="age_period_number"),
    filters=(
        Filter("scope_kind", one=True),
        Filter("scope_id", one=True),
        Filter("renewal_months", one=True),
    ),
    where="scope_kind <> 'cohort' and not coalesce(is_projected, false)",
    order_by="list_position(['product', 'segment'], scope_kind) nulls last, scope_kind, scope_id,"
    " renewal_months, age_period_number",
    note="Renewals since the first payment against the share of customers who are still there.",
)  # fmt: skip
MOAT = Exhibit(
    title="Does early data hold customers?",
    table="marts.moat",
    columns=(
        "richness_quartile_number", "hazard_ratio", "hazard_ratio_ci_low", "hazard_ratio_ci_high",
        "finding", "monthly_churn_share", "comparison_churn_share", "customer_count",
        "would_suffice", "status", "reason",
    ),
    chart=Chart(
        "points", ("hazard_ratio",), labels=("richness_quartile_number",), goal=1,
        goal_name="no difference",
    ),
    order_by="richness_quartile_number",
    note="Churn of a quartile of early data over that of the poorest; 1 is no difference.",
)  # fmt: skip
LOSING = Exhibit(
    title="Which customers cost more than they pay?",
    table="marts.inference_margin",
    columns=(
        "scope_id", "usage_month", "margin_usd", "revenue_usd", "cost_usd", "idle_usd",
        "billable_requests", "status", "reason",
    ),
    chart=Chart("bars", ("margin_usd",), labels=("scope_id",)),
    filters=(Filter("usage_month", one=True),),
    where="scope_kind = 'customer' and margin_usd < 0 and not starts_with(scope_id, '(')",
    order_by="usage_month desc, margin_usd",
    customer_rows="true",
    none="None: every customer pays more than they cost, in every month.",
    note=f"By month, the largest loss first; drill down to any of the {CUSTOMERS_SHOWN} largest"
    " customers on the page Margin.",
)  # fmt: skip
CUSTOMERS = Page(
    name="customers",
    title="Customers",
    question="What do customers cost to win, what do they leave, and who stays?",
    metrics=("cac_usd", "adjusted_cac_usd", "ai_unit_profit_usd"),
    exhibits=(ACQUISITION, LIFETIME, STAYING, MOAT, LOSING),
)
