"""Wrapper: the mart `model_decay_rate`; its arithmetic is in pipelines.metrics.model_decay_rate."""

from pipelines.metrics.model_decay_rate import model_decay_rate


def model(dbt, session):
    return model_decay_rate(
        dbt.ref("fct_evaluations").pl().lazy(),
        dbt.ref("dim_model_versions").pl().lazy(),
        dbt.ref("fct_inference_months").pl().lazy(),
        dbt.ref("dim_months").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        decay_goal_share=dbt.config.meta_get("decay_goal_share"),
        min_decay_days=dbt.config.meta_get("min_decay_days"),
        decision_power=dbt.config.meta_get("decision_power"),
    ).collect()
