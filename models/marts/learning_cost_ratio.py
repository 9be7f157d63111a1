"""Wrapper: the mart `learning_cost_ratio`; its arithmetic is in pipelines.metrics."""

from pipelines.metrics.learning_cost_ratio import learning_cost_ratio


def model(dbt, session):
    releases = dbt.ref("fct_releases").pl().lazy()
    coverage = dbt.ref("fct_feed_coverage").pl().lazy()
    power = dbt.config.meta_get("decision_power")
    return learning_cost_ratio(releases, coverage, decision_power=power).collect()
