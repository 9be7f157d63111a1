"""After the marts: whether the numbers to be published are there, explained and in agreement."""

from collections.abc import Mapping

from pipelines.quality.checks import Check, FeedLike
from pipelines.quality.figure_checks import FIGURE_CHECKS
from pipelines.quality.rules import AtLeastRows, NoRows, fill

MARTS = (
    "inference_margin",
    "compute_efficiency",
    "reconciliation",
    "learning_cost_ratio",
    "intelligence_roi",
    "model_decay_rate",
    "data_efficiency_score",
    "retrain_verdicts",
    "ai_unit_profit",
    "unit_profit_bridge",
    "model_efficiency_value",
    "acquisition_cost",
    "lifetime_value",
    "retention",
    "retention_decay_lag",
    "model_churn",
    "moat",
    "metric_readiness",
    "scorecard",
)
# These marts have nothing to say where the table beside them is empty.
SOURCE_OF = {
    "inference_margin": "raw.inference_logs",
    "compute_efficiency": "raw.inference_logs",
    "reconciliation": "facts.fct_documents",
    "learning_cost_ratio": "facts.dim_model_versions",
    "intelligence_roi": "facts.dim_model_versions",
    "model_decay_rate": "facts.dim_model_versions",
    "data_efficiency_score": "facts.fct_dataset_months",
    "retrain_verdicts": "intermediate.int_releases_compared",
    "ai_unit_profit": "facts.fct_unit_months",
    "retention_decay_lag": "facts.dim_model_versions",
}
# These have no row before there are two months, a paying customer, or a version in service.
MAY_BE_EMPTY = frozenset(
    {
        "unit_profit_bridge",
        "model_efficiency_value",
        "acquisition_cost",
        "lifetime_value",
        "retention",
    }
)
KEYS = {
    "inference_margin": ("usage_month", "scope_kind", "scope_id"),
    "compute_efficiency": ("usage_month", "model"),
    "reconciliation": ("source_feed", "document_id", "document_month"),
    "learning_cost_ratio": ("model", "model_version"),
    "intelligence_roi": ("model", "model_version"),
    "model_decay_rate": ("scope_kind", "model", "model_version", "usage_month"),
    "data_efficiency_score": ("scope_kind", "dataset_id", "usage_month"),
    "retrain_verdicts": ("model", "model_version"),
    "ai_unit_profit": ("usage_month", "scope_kind", "scope_id", "form"),
    "unit_profit_bridge": ("usage_month", "part"),
    "model_efficiency_value": ("model", "model_version", "usage_month"),
    "acquisition_cost": ("cohort_month", "scope_kind", "scope_id"),
    "lifetime_value": ("scope_kind", "scope_id", "renewal_months"),
    "retention": ("scope_kind", "scope_id", "renewal_months", "age_period_number"),
    "retention_decay_lag": ("model",),
    "model_churn": ("scope_kind", "scope_id", "age_month_number"),
    "moat": ("richness_quartile_number",),
    "metric_readiness": ("metric",),
    "scorecard": ("metric", "metric_month"),
}

EMPTY_WITH_A_SOURCE = """
    select '{mart} is empty' as finding
    where not exists (select 1 from {batch}) and exists (select 1 from {source})
"""
NOT_COMPUTABLE_WITHOUT_REASON = """
    select * from {batch}
    where status = 'not_computable' and coalesce(trim(reason), '') = ''
"""


def checks(feeds: Mapping[str, FeedLike], assumptions: Mapping[str, object]) -> tuple[Check, ...]:
    """The checks on `marts`; neither feeds nor assumptions change them."""
    del feeds, assumptions
    return (
        *(_is_not_empty(mart) for mart in MARTS if mart not in MAY_BE_EMPTY),
        *(_says_why(mart) for mart in MARTS),
        *FIGURE_CHECKS,
    )


def _is_not_empty(mart: str) -> Check:
    source = SOURCE_OF.get(mart)
    rule = NoRows(fill(EMPTY_WITH_A_SOURCE, mart=mart, source=source)) if source else AtLeastRows()
    return Check(
        name=f"{mart}_has_rows",
        description=f"{mart} has rows" + (f" where {source} has" if source else ""),
        schema="marts",
        table=mart,
        also_reads=(source,) if source else (),
        severity="critical",
        rule=rule,
        remedy=f"a join in pipelines/metrics/{mart}.py drops everything",
    )


def _says_why(mart: str) -> Check:
    return Check(
        name=f"{mart}_says_why_not",
        description="what is not computable has a reason",
        schema="marts",
        table=mart,
        column="reason",
        severity="critical",
        rule=NoRows(NOT_COMPUTABLE_WITHOUT_REASON),
        key=KEYS[mart],
        remedy=f"name the missing input or the zero denominator in pipelines/metrics/{mart}.py",
    )
