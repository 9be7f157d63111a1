"""The first page: where the product stands, and why that changed since last month."""

from pipelines.report.declarations import Chart, Exhibit, Filter, Page

# the month before, the parts, the month: each bar begins where the one before it ended
BRIDGE = """(
    with parts as (
        select
            usage_month, part_number, replace(part, '_', ' ') as part, explanation, status, reason,
            effect_usd,
            last_unit_profit_usd + sum(effect_usd) over (
                partition by usage_month order by part_number
            ) - effect_usd as from_usd,
            last_unit_profit_usd + sum(effect_usd) over (
                partition by usage_month order by part_number
            ) as to_usd,
            case when effect_usd < 0 then 'takes' else 'adds' end as direction
        from marts.unit_profit_bridge
    )
    select * from parts
    union all
    select distinct
        usage_month, 0, strftime(usage_month - interval 1 month, '%b %Y'),
        'unit profit of the month before', status, reason,
        last_unit_profit_usd, 0, last_unit_profit_usd, 'unit profit'
    from marts.unit_profit_bridge
    union all
    select distinct
        usage_month, 999, strftime(usage_month, '%b %Y'), 'unit profit of the month',
        status, reason, unit_profit_usd, 0, unit_profit_usd, 'unit profit'
    from marts.unit_profit_bridge
)"""

CHANGE = Exhibit(
    title="What changed since last month?",
    table="marts.unit_profit_bridge",
    columns=(
        "part", "usage_month", "explanation", "effect_usd", "from_usd", "to_usd", "direction",
        "status", "reason",
    ),
    chart=Chart("waterfall", ("effect_usd",), labels=("part",)),
    filters=(Filter("usage_month", one=True),),
    relation=BRIDGE,
    order_by="usage_month desc, part_number",
)  # fmt: skip
EVERY_METRIC = Exhibit(
    title="How did each metric move?",
    table="marts.scorecard",
    columns=(
        "metric_month", "metric", "value", "unit", "ci_low", "ci_high", "goal", "verdict", "trend",
        "status", "reason",
    ),
    chart=Chart("lines", ("value",), across="metric_month"),
    filters=(Filter("metric", one=True),),
    order_by="metric <> 'ai_unit_profit_usd', metric, metric_month desc",
)  # fmt: skip
OVERVIEW = Page(
    name="index",
    title="Overview",
    question="",
    heading="Is the AI product making money per user?",
    metrics=(
        "inference_margin_share", "margin_per_inference_usd", "cost_per_inference_usd",
        "tokens_per_usd", "idle_share", "learning_cost_ratio", "intelligence_roi_ratio",
        "monthly_decay_share", "data_efficiency_share", "adjusted_cac_usd",
    ),
    exhibits=(CHANGE, EVERY_METRIC),
)  # fmt: skip
