"""Wrapper: the mart `label_reconciliation`; its arithmetic is in pipelines.metrics."""

from pipelines.metrics.label_reconciliation import label_reconciliation


def model(dbt, session):
    batches = dbt.ref("fct_label_batches").pl().lazy()
    coverage = dbt.ref("fct_feed_coverage").pl().lazy()
    return label_reconciliation(batches, coverage).collect()
