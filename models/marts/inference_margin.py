"""Wrapper: the mart `inference_margin`; its arithmetic is in pipelines.metrics.inference_margin."""

from pipelines.metrics.inference_margin import inference_margin


def model(dbt, session):
    return inference_margin(
        dbt.ref("fct_inference_months").pl().lazy(),
        dbt.ref("dim_months").pl().lazy(),
        dbt.ref("fct_feed_coverage").pl().lazy(),
        goal_margin_share=dbt.config.meta_get("goal_margin_share"),
        at_scale_inferences=dbt.config.meta_get("at_scale_inferences"),
    ).collect()
