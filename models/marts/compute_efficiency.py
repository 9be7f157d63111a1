"""Wrapper: the mart `compute_efficiency`; its arithmetic is in pipelines.metrics."""

from pipelines.metrics.compute_efficiency import compute_efficiency


def model(dbt, session):
    return compute_efficiency(
        dbt.ref("fct_inference_months").pl().lazy(),
        dbt.ref("dim_months").pl().lazy(),
        dbt.ref("fct_serving_months").pl().lazy(),
        quality_margin_points=dbt.config.meta_get("quality_margin_points"),
        decision_power=dbt.config.meta_get("decision_power"),
    ).collect()
