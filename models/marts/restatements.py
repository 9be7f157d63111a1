"""Wrapper: the mart `restatements`; its arithmetic is in pipelines.metrics.restatements."""

from pipelines.metrics.restatements import restatements


def model(dbt, session):
    reported = dbt.ref("fct_reported_values").pl().lazy()
    scorecard = dbt.ref("scorecard").pl().lazy()
    return restatements(reported, scorecard).collect()
