"""Wrapper: the mart `acquisition_cost`; its arithmetic is in pipelines.metrics.acquisition_cost."""

from pipelines.metrics.acquisition_cost import acquisition_cost


def model(dbt, session):
    return acquisition_cost(
        dbt.ref("fct_customer_lifetimes").pl().lazy(),
        dbt.ref("fct_customer_months").pl().lazy(),
        dbt.ref("fct_acquisition_spend_daily").pl().lazy(),
        dbt.ref("dim_months").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        lag_months=dbt.config.meta_get("lag_months"),
        assisted_channels=dbt.config.meta_get("assisted_channels").split(", "),
    ).collect()
