"""Wrapper: the mart `budgets`; its arithmetic is in pipelines.metrics.budgets."""

from pipelines.metrics.budgets import budgets


def model(dbt, session):
    return budgets(
        dbt.ref("fct_budgets").pl().lazy(),
        dbt.ref("fct_costs").pl().lazy(),
        dbt.ref("fct_acquisition_spend_daily").pl().lazy(),
        dbt.ref("dim_months").pl().lazy(),
        forecast_months=dbt.config.meta_get("forecast_months"),
    ).collect()
