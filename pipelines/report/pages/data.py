"""Data: what is bought, what of it is unique and used, and what it brought."""

from pipelines.report.declarations import Chart, Exhibit, Filter, Page

USED = Exhibit(
    title="What part of the data we pay for is unique and used?",
    table="marts.data_efficiency_score",
    columns=(
        "usage_month", "scope_kind", "dataset_id", "data_efficiency_share", "goal", "verdict",
        "cost_weighted_data_efficiency_share", "data_cost_usd", "used_data_cost_usd",
        "collected_record_count", "unique_record_count", "used_record_count", "status", "reason",
    ),
    chart=Chart("lines", ("data_efficiency_share",), across="usage_month", series="dataset_id"),
    filters=(Filter("scope_kind", one=True), Filter("dataset_id")),
    order_by="scope_kind <> 'product', dataset_id, usage_month desc",
    note="The goal of a month is the share of the month before: it should rise.",
)  # fmt: skip
LABELS = Exhibit(
    title="Did the labels come that we pay for?",
    table="marts.label_reconciliation",
    columns=(
        "batch_id", "dataset_id", "delivered_date", "difference_item_count", "verdict",
        "invoiced_item_count", "delivered_item_count", "rejected_item_count", "currency",
        "invoiced_amount", "difference_amount", "status", "reason",
    ),
    chart=Chart("bars", ("difference_item_count",), labels=("batch_id",)),
    filters=(Filter("dataset_id", one=True), Filter("verdict")),
    order_by="dataset_id, abs(difference_item_count) desc nulls last, batch_id",
    note="Above zero more was invoiced than is owed.",
)  # fmt: skip
RETURN = Exhibit(
    title="What did each dataset bring?",
    table="marts.dataset_roi",
    columns=(
        "dataset_id", "dataset_roi_ratio", "dataset_roi_ratio_ci_low", "dataset_roi_ratio_ci_high",
        "evidence_grade", "data_cost_usd", "gain_value_usd", "gain_points", "would_suffice",
        "status", "reason",
    ),
    chart=Chart(
        "points", ("dataset_roi_ratio",), labels=("dataset_id",), goal=0, goal_name="break-even"
    ),
    order_by="dataset_roi_ratio desc nulls last, dataset_id",
)  # fmt: skip
DATA = Page(
    name="data",
    title="Data",
    question="Is the data we pay for unique, used, delivered, and worth it?",
    metrics=("data_efficiency_share", "data_acquisition_cost_usd"),
    exhibits=(USED, LABELS, RETURN),
)
