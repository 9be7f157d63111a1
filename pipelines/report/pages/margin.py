"""Margin: what an inference and a user earn, cost and leave."""

from pipelines.report.declarations import Chart, Exhibit, Page
from pipelines.report.pages.scopes import (
    CUSTOMER_ROWS,
    ONE_SCOPE,
    SCOPES,
    by_scope,
    with_largest_customers,
)

MARGIN_TABLE = "marts.inference_margin"
MARGINS = with_largest_customers(MARGIN_TABLE, "cost_usd")
UNIT_PROFIT = Exhibit(
    title="What does a user leave once the intelligence is paid for?",
    table="marts.ai_unit_profit",
    columns=(
        "usage_month", "scope_kind", "scope_id", "unit_profit_usd", "unit_profit_usd_ci_low",
        "unit_profit_usd_ci_high", "active_user_count", "revenue_usd", "mev_usd",
        "compute_cost_usd", "data_acquisition_cost_usd", "maintenance_cost_usd",
        "acquisition_spend_usd", "status", "reason",
    ),
    chart=Chart(
        "lines", ("unit_profit_usd",), across="usage_month", series="scope_id", goal=0,
        goal_name="break-even",
    ),
    filters=SCOPES,
    where="form = 'period'",
    order_by=by_scope("revenue_usd"),
    note="The period form: the month's revenue less the month's costs, per active user.",
)  # fmt: skip
MARGIN_SHARE = Exhibit(
    title="What part of revenue is left after inference?",
    table=MARGIN_TABLE,
    columns=(
        "usage_month", "scope_kind", "scope_id", "margin_share", "goal", "verdict", "scale",
        "margin_usd", "revenue_usd", "cost_usd", "billable_requests", "status", "reason",
    ),
    chart=Chart("lines", ("margin_share",), across="usage_month", series="scope_id"),
    filters=SCOPES,
    relation=MARGINS,
    order_by=by_scope("cost_usd"),
    customer_rows=CUSTOMER_ROWS,
)  # fmt: skip
PER_INFERENCE = Exhibit(
    title="What does an inference earn and cost?",
    table=MARGIN_TABLE,
    columns=(
        "usage_month", "scope_kind", "scope_id", "revenue_per_inference_usd",
        "cost_per_inference_usd", "margin_per_inference_usd", "direct_usd", "idle_usd",
        "failed_usd", "retried_usd", "billable_requests", "status", "reason",
    ),
    chart=Chart(
        "lines", ("revenue_per_inference_usd", "cost_per_inference_usd"), across="usage_month"
    ),
    filters=ONE_SCOPE,
    relation=MARGINS,
    order_by=by_scope("cost_usd"),
    customer_rows=CUSTOMER_ROWS,
)  # fmt: skip
SCALABILITY = Exhibit(
    title="Does value grow faster than what intelligence costs?",
    table="marts.scalability",
    columns=(
        "usage_month", "cost_value_elasticity_ratio", "cost_value_elasticity_ratio_ci_low",
        "cost_value_elasticity_ratio_ci_high", "goal", "verdict", "decoupling", "flywheel",
        "intelligence_to_value_ratio", "revenue_usd", "ai_cost_usd", "active_user_count", "status",
        "reason",
    ),
    chart=Chart("lines", ("cost_value_elasticity_ratio",), across="usage_month"),
    order_by="usage_month desc",
    note="Percent of AI cost per percent of revenue: below 1 cost grows more slowly than value.",
)  # fmt: skip
MARGIN = Page(
    name="margin",
    title="Margin",
    question="What does an inference earn, cost and leave, and is that above the goal?",
    metrics=(
        "ai_unit_profit_usd", "inference_margin_share", "revenue_per_inference_usd",
        "cost_per_inference_usd", "margin_per_inference_usd",
    ),
    exhibits=(UNIT_PROFIT, MARGIN_SHARE, PER_INFERENCE, SCALABILITY),
)  # fmt: skip
