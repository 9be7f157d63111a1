"""Wrapper: the mart `scalability`; its arithmetic is in pipelines.metrics.scalability."""

from pipelines.metrics.scalability import scalability


def model(dbt, session):
    return scalability(
        dbt.ref("fct_unit_months").pl().lazy(),
        dbt.ref("learning_cost_ratio").pl().lazy(),
        dbt.ref("dim_months").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        window_months=dbt.config.meta_get("window_months"),
        min_months=dbt.config.meta_get("min_months"),
        other_variable_cost_share=dbt.config.meta_get("other_variable_cost_share"),
        decision_power=dbt.config.meta_get("decision_power"),
    ).collect()
