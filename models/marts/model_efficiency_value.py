"""Wrapper: the mart `model_efficiency_value`; its arithmetic is in pipelines.metrics."""

from pipelines.metrics.model_efficiency_value import model_efficiency_value


def model(dbt, session):
    return model_efficiency_value(
        dbt.ref("dim_model_versions").pl().lazy(),
        dbt.ref("fct_experiment_arms").pl().lazy(),
        dbt.ref("fct_customer_months").pl().lazy(),
        dbt.ref("fct_releases").pl().lazy(),
        dbt.ref("dim_months").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        min_arm_customers=dbt.config.meta_get("min_arm_customers"),
        decision_power=dbt.config.meta_get("decision_power"),
        quality_elasticity=dbt.config.meta_get("quality_elasticity"),
    ).collect()
