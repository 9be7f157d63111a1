"""Learning: what a release costs, what it gains, and whether that gets cheaper or dearer."""

from pipelines.report.declarations import Chart, Exhibit, Filter, Page

RELEASE = ("model", "model_version")
BY_MODEL = (Filter("model"),)
IN_ORDER = "model, promoted_date nulls last"
COST_OF_A_POINT = Exhibit(
    title="What does a point of accuracy cost?",
    table="marts.learning_cost_ratio",
    columns=(
        "model", "model_version", "promoted_date", "learning_cost_ratio",
        "learning_cost_ratio_ci_low", "learning_cost_ratio_ci_high", "goal", "verdict",
        "gain_points", "learning_cost_usd", "wasted_learning_usd", "status", "reason",
    ),
    chart=Chart("points", ("learning_cost_ratio",), labels=RELEASE),
    filters=BY_MODEL,
    order_by=IN_ORDER,
    note="In currency per point; the goal of a release is the cost of the one before.",
)  # fmt: skip
ROI = Exhibit(
    title="What improvement does compute buy?",
    table="marts.intelligence_roi",
    columns=(
        "model", "model_version", "promoted_date", "intelligence_roi_ratio",
        "intelligence_roi_ratio_ci_low", "intelligence_roi_ratio_ci_high", "goal", "verdict",
        "improvement_share", "compute_usd", "status", "reason",
    ),
    chart=Chart("points", ("intelligence_roi_ratio",), labels=RELEASE),
    filters=BY_MODEL,
    order_by=IN_ORDER,
    note="Percent of relative improvement per 1,000 of the reporting currency.",
)  # fmt: skip
RETRAINS = Exhibit(
    title="Was the retrain worth it?",
    table="marts.retrain_verdicts",
    columns=(
        "model", "model_version", "promoted_date", "gain_points", "gain_points_ci_low",
        "gain_points_ci_high", "goal", "verdict", "strict_verdict", "learning_cost_usd", "net_usd",
        "needed_item_count", "next_retrain_date", "status", "reason",
    ),
    chart=Chart("points", ("gain_points",), labels=RELEASE),
    filters=BY_MODEL,
    order_by=IN_ORDER,
)  # fmt: skip
CURVE = Exhibit(
    title="What is the next doubling worth?",
    table="marts.learning_curve",
    columns=(
        "model", "driver", "next_doubling_points", "next_doubling_points_ci_low",
        "next_doubling_points_ci_high", "learning_curve_roi_ratio",
        "learning_curve_roi_ratio_ci_low", "learning_curve_roi_ratio_ci_high", "payback_months",
        "gain_points", "version_count", "would_suffice", "status", "reason",
    ),
    chart=Chart("points", ("next_doubling_points",), labels=("model", "driver")),
    filters=BY_MODEL,
    order_by="model, driver",
)  # fmt: skip
VALUE_OF_A_VERSION = Exhibit(
    title="What did a new version earn?",
    table="marts.model_efficiency_value",
    columns=(
        "usage_month", "model", "model_version", "mev_usd", "mev_usd_ci_low", "mev_usd_ci_high",
        "credited_usd", "evidence_grade", "effect", "exposed_count", "comparison_count",
        "needed_count", "would_suffice", "status", "reason",
    ),
    chart=Chart(
        "lines", ("mev_usd",), across="usage_month", series="model_version", goal=0,
        goal_name="no gain",
    ),
    filters=(Filter("model", one=True), Filter("model_version")),
    order_by="model, usage_month desc, model_version desc",
    note="Grade A holdout, B rollout in waves, C matched customers; D and E are not in money.",
)  # fmt: skip
LEARNING = Page(
    name="learning",
    title="Learning",
    question="What does getting better cost, and does it get cheaper or dearer?",
    metrics=("learning_cost_ratio", "intelligence_roi_ratio", "retrain_gain_points"),
    exhibits=(COST_OF_A_POINT, ROI, RETRAINS, CURVE, VALUE_OF_A_VERSION),
)
