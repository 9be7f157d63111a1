"""Wrapper: the mart `learning_curve`; its arithmetic is in pipelines.metrics.learning_curve."""

from pipelines.metrics.learning_curve import learning_curve


def model(dbt, session):
    return learning_curve(
        dbt.ref("fct_learning_steps").pl().lazy(),
        dbt.ref("retrain_verdicts").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        min_versions=dbt.config.meta_get("min_versions"),
        max_variance_inflation=dbt.config.meta_get("max_variance_inflation"),
        horizon_months=dbt.config.meta_get("horizon_months"),
        decision_power=dbt.config.meta_get("decision_power"),
    ).collect()
