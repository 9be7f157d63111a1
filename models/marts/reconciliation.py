"""Wrapper: the mart `reconciliation`; its arithmetic is in pipelines.metrics.reconciliation."""

from pipelines.metrics.reconciliation import reconciliation


def model(dbt, session):
    documents = dbt.ref("fct_documents").pl().lazy()
    return reconciliation(documents).collect()
