"""Wrapper: the mart `metric_readiness`; its arithmetic is in pipelines.metrics.metric_readiness."""

from pipelines.metrics.metric_readiness import metric_readiness


def model(dbt, session):
    metric_inputs = dbt.ref("metric_inputs").pl().lazy()
    coverage = dbt.ref("fct_feed_coverage").pl().lazy()
    return metric_readiness(metric_inputs, coverage).collect()
