"""Wrapper: the mart `retrain_verdicts`; its arithmetic is in pipelines.metrics.retrain_verdicts."""

from pipelines.metrics.retrain_verdicts import retrain_verdicts


def model(dbt, session):
    return retrain_verdicts(
        dbt.ref("fct_releases").pl().lazy(),
        dbt.ref("model_decay_rate").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        retrain_goal_points=dbt.config.meta_get("retrain_goal_points"),
        retrain_strict_goal_points=dbt.config.meta_get("retrain_strict_goal_points"),
        revenue_share_per_point=dbt.config.meta_get("revenue_share_per_point"),
        decision_power=dbt.config.meta_get("decision_power"),
    ).collect()
