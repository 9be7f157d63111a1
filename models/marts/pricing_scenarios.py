"""Wrapper: the mart `pricing_scenarios`; its arithmetic is in pipelines.metrics."""

from pipelines.metrics.pricing_scenarios import pricing_scenarios
from pipelines.metrics.pricing_usage import pricing_terms


def model(dbt, session):
    usage = dbt.ref("fct_inference_months").pl().lazy()
    outcomes = dbt.ref("fct_outcome_months").pl().lazy()
    months = dbt.ref("dim_months").pl().lazy()
    coverage = dbt.ref("fct_feed_coverage").pl().lazy()
    terms = pricing_terms(dbt.config.meta_get("terms"))
    return pricing_scenarios(usage, outcomes, months, coverage, terms=terms).collect()
