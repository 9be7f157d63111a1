"""Compute: how much work a dollar buys, where it is lost, and whether the budget holds."""

from pipelines.report.declarations import Chart, Exhibit, Filter, Page

EFFICIENCY = "marts.compute_efficiency"
NEWEST_OF_MODEL = "model <> '(all)', sum(cost_usd) over (partition by model) desc, usage_month desc"
PRICE = Exhibit(
    title="What does a million tokens cost?",
    table=EFFICIENCY,
    columns=(
        "usage_month", "model", "cost_usd_per_million_tokens",
        "cost_usd_per_million_output_tokens", "tokens_per_usd", "cost_usd", "delivered_tokens",
        "inference_requests", "status", "reason",
    ),
    chart=Chart(
        "lines", ("cost_usd_per_million_tokens",), across="usage_month", series="model"
    ),
    filters=(Filter("model"),),
    order_by=NEWEST_OF_MODEL,
)  # fmt: skip
LOST = Exhibit(
    title="What part of the cost is lost?",
    table=EFFICIENCY,
    columns=(
        "usage_month", "model", "idle_share", "failed_share", "retried_share", "idle_usd",
        "failed_usd", "retried_usd", "cost_usd", "status", "reason",
    ),
    chart=Chart("lines", ("idle_share", "failed_share", "retried_share"), across="usage_month"),
    filters=(Filter("model", one=True),),
    order_by=NEWEST_OF_MODEL,
)  # fmt: skip
CACHE = Exhibit(
    title="What does the prompt cache save?",
    table=EFFICIENCY,
    columns=(
        "usage_month", "model", "cache_saving_usd", "cache_read_share",
        "mean_request_cache_read_share", "cache_read_tokens", "input_tokens", "status", "reason",
    ),
    chart=Chart("lines", ("cache_saving_usd",), across="usage_month", series="model"),
    filters=(Filter("model"),),
    order_by=NEWEST_OF_MODEL,
)  # fmt: skip
OVERSPEND = Exhibit(
    title="Where does money go that buys nothing?",
    table="marts.overspend",
    columns=(
        "line", "usage_month", "overspend_usd", "undecided_usd", "overspend_share", "ledger_usd",
        "explanation", "status", "reason",
    ),
    chart=Chart("bars", ("overspend_usd",), labels=("line",)),
    filters=(Filter("usage_month", one=True),),
    order_by="usage_month desc, line_number",
)  # fmt: skip
BUDGETS = Exhibit(
    title="Does the budget hold?",
    table="marts.budgets",
    columns=(
        "budget_month", "component", "budget_usd", "actual_usd", "forecast_usd",
        "forecast_usd_ci_low", "forecast_usd_ci_high", "difference_usd", "overrun_date",
        "overrun_basis", "verdict", "status", "reason",
    ),
    chart=Chart("lines", ("budget_usd", "actual_usd", "forecast_usd"), across="budget_month"),
    filters=(Filter("component", one=True),),
    order_by="component, budget_month desc",
)  # fmt: skip
COMPUTE = Page(
    name="compute",
    title="Compute",
    question="How much work does a dollar of compute buy, and what part of it is lost?",
    metrics=(
        "tokens_per_usd", "cost_usd_per_million_tokens", "idle_share", "failed_share",
        "retried_share", "cache_saving_usd", "compute_cost_usd",
    ),
    exhibits=(PRICE, LOST, CACHE, OVERSPEND, BUDGETS),
)  # fmt: skip
