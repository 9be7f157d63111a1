"""Wrapper: the mart `unit_profit_bridge`; its arithmetic is in pipelines.metrics."""

from pipelines.metrics.unit_profit_bridge import unit_profit_bridge


def model(dbt, session):
    unit_months = dbt.ref("fct_unit_months").pl().lazy()
    usage = dbt.ref("fct_inference_months").pl().lazy()
    months = dbt.ref("dim_months").pl().lazy()
    return unit_profit_bridge(unit_months, usage, months).collect()
