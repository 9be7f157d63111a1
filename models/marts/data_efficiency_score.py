"""Wrapper: the mart `data_efficiency_score`; its arithmetic is in pipelines.metrics."""

from pipelines.metrics.data_efficiency_score import data_efficiency_score


def model(dbt, session):
    dataset_months = dbt.ref("fct_dataset_months").pl().lazy()
    months = dbt.ref("dim_months").pl().lazy()
    coverage = dbt.ref("fct_feed_coverage").pl().lazy()
    return data_efficiency_score(dataset_months, months, coverage).collect()
