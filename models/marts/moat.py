"""Wrapper: the mart `moat`; its arithmetic is in pipelines.metrics.moat."""

from pipelines.metrics.moat import moat


def model(dbt, session):
    return moat(
        dbt.ref("fct_customer_lifetimes").pl().lazy(),
        dbt.ref("fct_customer_months").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        min_customers=dbt.config.meta_get("min_customers"),
    ).collect()
