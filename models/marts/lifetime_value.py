"""Wrapper: the mart `lifetime_value`; its arithmetic is in pipelines.metrics.lifetime_value."""

from pipelines.metrics.lifetime_value import lifetime_value


def model(dbt, session):
    return lifetime_value(
        dbt.ref("fct_customer_lifetimes").pl().lazy(),
        dbt.ref("fct_customer_months").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        discount_rate=dbt.config.meta_get("discount_rate"),
        horizon_months=dbt.config.meta_get("horizon_months"),
        long_horizon_months=dbt.config.meta_get("long_horizon_months"),
        min_customers=dbt.config.meta_get("min_customers"),
        min_periods=dbt.config.meta_get("min_periods"),
    ).collect()
