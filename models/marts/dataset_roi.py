"""Wrapper: the mart `dataset_roi`; its arithmetic is in pipelines.metrics.dataset_roi."""

from pipelines.metrics.dataset_roi import dataset_roi


def model(dbt, session):
    return dataset_roi(
        dbt.ref("fct_dataset_costs").pl().lazy(),
        dbt.ref("fct_dataset_gains").pl().lazy(),
        dbt.ref("retrain_verdicts").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        life_months=dbt.config.meta_get("life_months"),
    ).collect()
