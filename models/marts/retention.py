"""Wrapper: the mart `retention`; its arithmetic is in pipelines.metrics.retention."""

from pipelines.metrics.retention import retention


def model(dbt, session):
    return retention(
        dbt.ref("fct_customer_lifetimes").pl().lazy(),
        dbt.ref("fct_customer_months").pl().lazy(),
        projected_periods=dbt.config.meta_get("projected_periods"),
        personalised_sessions=dbt.config.meta_get("personalised_sessions"),
        min_customers=dbt.config.meta_get("min_customers"),
        min_periods=dbt.config.meta_get("min_periods"),
    ).collect()
