"""Wrapper: the mart `compute_efficiency`; its arithmetic is in pipelines.metrics."""

from pipelines.metrics.compute_efficiency import compute_efficiency


def model(dbt, session):
    usage = dbt.ref("fct_inference_months").pl().lazy()
    months = dbt.ref("dim_months").pl().lazy()
    return compute_efficiency(usage, months).collect()
