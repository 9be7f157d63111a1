"""Wrapper: the mart `overspend`; its arithmetic is in pipelines.metrics.overspend."""

from pipelines.metrics.overspend import overspend


def model(dbt, session):
    sources = {
        "fct_inference_months": dbt.ref("fct_inference_months").pl().lazy(),
        "fct_costs": dbt.ref("fct_costs").pl().lazy(),
        "fct_dataset_months": dbt.ref("fct_dataset_months").pl().lazy(),
        "fct_releases": dbt.ref("fct_releases").pl().lazy(),
        "fct_outcome_months": dbt.ref("fct_outcome_months").pl().lazy(),
        "retrain_verdicts": dbt.ref("retrain_verdicts").pl().lazy(),
        "value_density": dbt.ref("value_density").pl().lazy(),
    }
    months, coverage = dbt.ref("dim_months").pl().lazy(), dbt.ref("fct_feed_coverage").pl().lazy()
    return overspend(sources, months, coverage, **dbt.config.meta_get("rules")).collect()
