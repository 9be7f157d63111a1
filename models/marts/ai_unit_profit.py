"""Wrapper: the mart `ai_unit_profit`; its arithmetic is in pipelines.metrics.ai_unit_profit."""

from pipelines.metrics.ai_unit_profit import ai_unit_profit


def model(dbt, session):
    return ai_unit_profit(
        dbt.ref("fct_unit_months").pl().lazy(),
        dbt.ref("model_efficiency_value").pl().lazy(),
        dbt.ref("lifetime_value").pl().lazy(),
        dbt.ref("dim_months").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
    ).collect()
