"""Wrapper: the mart `retention_decay_lag`; its arithmetic is in pipelines.metrics."""

from pipelines.metrics.retention_decay_lag import retention_decay_lag


def model(dbt, session):
    return retention_decay_lag(
        dbt.ref("fct_customer_months").pl().lazy(),
        dbt.ref("dim_model_versions").pl().lazy(),
        dbt.ref("fct_evaluations").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        level=dbt.config.meta_get("level"),
        min_cycles=dbt.config.meta_get("min_cycles"),
    ).collect()
