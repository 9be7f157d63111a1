"""The marts that are published: what identifies a row, and where emptiness would be a fault."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedMart:
    """A mart, its key, and the table that is not empty where the mart must not be.

    Without such a table the mart always has rows; a mart that `may_be_empty` has something to say
    only from some data on: two months, a paying customer, a version in service.
    """

    name: str
    key: tuple[str, ...]
    source: str | None = None
    may_be_empty: bool = False


LOGS, VERSIONS = "raw.inference_logs", "facts.dim_model_versions"
RELEASE, SCOPE = ("model", "model_version"), ("scope_kind", "scope_id")
PUBLISHED_MARTS = (
    PublishedMart("inference_margin", ("usage_month", *SCOPE), LOGS),
    PublishedMart("compute_efficiency", ("usage_month", "model"), LOGS),
    PublishedMart(
        "reconciliation", ("source_feed", "document_id", "document_month"), "facts.fct_documents"
    ),
    PublishedMart("label_reconciliation", ("batch_id", "currency"), "facts.fct_label_batches"),
    PublishedMart("learning_cost_ratio", RELEASE, VERSIONS),
    PublishedMart("intelligence_roi", RELEASE, VERSIONS),
    PublishedMart("model_decay_rate", ("scope_kind", *RELEASE, "usage_month"), VERSIONS),
    PublishedMart(
        "data_efficiency_score",
        ("scope_kind", "dataset_id", "usage_month"),
        "facts.fct_dataset_months",
    ),
    PublishedMart("retrain_verdicts", RELEASE, "intermediate.int_releases_compared"),
    PublishedMart("ai_unit_profit", ("usage_month", *SCOPE, "form"), "facts.fct_unit_months"),
    PublishedMart("unit_profit_bridge", ("usage_month", "part"), may_be_empty=True),
    PublishedMart("model_efficiency_value", (*RELEASE, "usage_month"), may_be_empty=True),
    PublishedMart("acquisition_cost", ("cohort_month", *SCOPE), may_be_empty=True),
    PublishedMart("lifetime_value", (*SCOPE, "renewal_months"), may_be_empty=True),
    PublishedMart("retention", (*SCOPE, "renewal_months", "age_period_number"), may_be_empty=True),
    PublishedMart("retention_decay_lag", ("model",), VERSIONS),
    PublishedMart("model_churn", (*SCOPE, "age_month_number")),
    PublishedMart("moat", ("richness_quartile_number",)),
    PublishedMart("learning_curve", ("model", "driver"), "facts.fct_learning_steps"),
    PublishedMart("scalability", ("usage_month",), "facts.fct_unit_months"),
    PublishedMart("value_density", ("usage_month", "feature"), may_be_empty=True),
    PublishedMart("dataset_roi", ("dataset_id",), "facts.fct_dataset_costs"),
    PublishedMart("portfolio", ("item_kind", "item_id"), LOGS),
    PublishedMart(
        "pricing_scenarios", ("framework", "usage_month", *SCOPE, "demand_elasticity_ratio"), LOGS
    ),
    PublishedMart("value_alignment", ("usage_month",), may_be_empty=True),
    PublishedMart("traps", ("trap", *SCOPE, "usage_month"), LOGS),
    PublishedMart("overspend", ("usage_month", "line"), "facts.dim_months"),
    PublishedMart("budgets", ("budget_month", "component"), "facts.fct_budgets"),
    PublishedMart("restatements", ("metric", "metric_month"), may_be_empty=True),
    PublishedMart("metric_readiness", ("metric",)),
    PublishedMart("scorecard", ("metric", "metric_month")),
)
