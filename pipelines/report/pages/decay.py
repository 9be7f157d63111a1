"""Decay: how fast a model loses what it learnt, and how early that is seen."""

from pipelines.report.declarations import Chart, Exhibit, Filter, Page

RATE = (
    "monthly_decay_share", "monthly_decay_share_ci_low", "monthly_decay_share_ci_high", "goal",
    "verdict",
)  # fmt: skip
OF_PRODUCT = Exhibit(
    title="How much accuracy does the product lose per month?",
    table="marts.model_decay_rate",
    columns=("usage_month", *RATE, "measured_traffic_share", "status", "reason"),
    chart=Chart("lines", ("monthly_decay_share",), across="usage_month"),
    where="scope_kind = 'product'",
    order_by="usage_month desc",
    note="Share of accuracy lost per month without retraining, weighted by traffic.",
)
OF_VERSIONS = Exhibit(
    title="How much does each version lose per month?",
    table="marts.model_decay_rate",
    columns=(
        "model", "model_version", "promoted_date", *RATE, "monthly_decay_points",
        "first_score_share", "last_score_share", "evaluation_count", "needed_item_count", "status",
        "reason",
    ),
    chart=Chart("points", ("monthly_decay_share",), labels=("model", "model_version")),
    filters=(Filter("model"),),
    where="scope_kind = 'version'",
    order_by="model, promoted_date",
)  # fmt: skip
EFFECTIVE = Exhibit(
    title="How long does a version stay effective?",
    table="marts.model_churn",
    columns=(
        "scope_id", "age_month_number", "effective_share", "effective_share_ci_low",
        "effective_share_ci_high", "at_risk_count", "crossed_count", "median_effective_months",
        "would_suffice", "status", "reason",
    ),
    chart=Chart("lines", ("effective_share",), across="age_month_number"),
    filters=(Filter("scope_id", one=True),),
    order_by="scope_id <> 'all', scope_id, age_month_number",
    note="Months since promotion against the share of versions that are still effective.",
)  # fmt: skip
LAG = Exhibit(
    title="How long after quality falls do customers leave?",
    table="marts.retention_decay_lag",
    columns=(
        "model", "warning_months", "warning_months_ci_low", "warning_months_ci_high", "finding",
        "quality_fall_age_months", "churn_rise_age_months", "refresh_cycle_count",
        "would_suffice", "status", "reason",
    ),
    chart=Chart("points", ("warning_months",), labels=("model",), goal=0, goal_name="no warning"),
    order_by="model",
)  # fmt: skip
DECAY = Page(
    name="decay",
    title="Decay",
    question="How fast does a model lose what it learnt, and is there time to act?",
    metrics=("monthly_decay_share",),
    exhibits=(OF_PRODUCT, OF_VERSIONS, EFFECTIVE, LAG),
)
