"""Wrapper: the mart `value_density`; its arithmetic is in pipelines.metrics.value_density."""

from pipelines.metrics.value_density import value_density


def model(dbt, session):
    return value_density(
        dbt.ref("fct_feature_customer_months").pl().lazy(),
        dbt.ref("dim_months").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        window_months=dbt.config.meta_get("window_months"),
        min_customers=dbt.config.meta_get("min_customers"),
        min_growth_months=dbt.config.meta_get("min_growth_months"),
        outcome_recorded_share=dbt.config.meta_get("outcome_recorded_share"),
        decision_power=dbt.config.meta_get("decision_power"),
    ).collect()
