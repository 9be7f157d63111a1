"""Wrapper: the mart `value_alignment`; its arithmetic is in pipelines.metrics.value_alignment."""

from pipelines.metrics.value_alignment import value_alignment


def model(dbt, session):
    return value_alignment(
        dbt.ref("fct_inference_months").pl().lazy(),
        dbt.ref("fct_outcome_months").pl().lazy(),
        dbt.ref("dim_months").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        min_customers=dbt.config.meta_get("min_customers"),
        negligible_ratio=dbt.config.meta_get("negligible_ratio"),
        decision_power=dbt.config.meta_get("decision_power"),
    ).collect()
