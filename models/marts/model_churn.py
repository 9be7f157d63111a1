"""Wrapper: the mart `model_churn`; its arithmetic is in pipelines.metrics.model_churn."""

from pipelines.metrics.model_churn import model_churn


def model(dbt, session):
    return model_churn(
        dbt.ref("fct_evaluations").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        loss_share=dbt.config.meta_get("loss_share"),
        min_versions=dbt.config.meta_get("min_versions"),
    ).collect()
