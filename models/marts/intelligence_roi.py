"""Wrapper: the mart `intelligence_roi`; its arithmetic is in pipelines.metrics.intelligence_roi."""

from pipelines.metrics.intelligence_roi import intelligence_roi


def model(dbt, session):
    releases = dbt.ref("fct_releases").pl().lazy()
    coverage = dbt.ref("fct_feed_coverage").pl().lazy()
    power = dbt.config.meta_get("decision_power")
    return intelligence_roi(releases, coverage, decision_power=power).collect()
