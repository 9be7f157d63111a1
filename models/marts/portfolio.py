"""Wrapper: the mart `portfolio`; its arithmetic is in pipelines.metrics.portfolio."""

from pipelines.metrics.portfolio import portfolio


def model(dbt, session):
    return portfolio(
        dbt.ref("fct_inference_months").pl().lazy(),
        dbt.ref("learning_cost_ratio").pl().lazy(),
        dbt.ref("fct_pool_months").pl().lazy(),
        dbt.ref("dataset_roi").pl().lazy(),
        dbt.ref("dim_months").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        portfolio_months=dbt.config.meta_get("portfolio_months"),
    ).collect()
