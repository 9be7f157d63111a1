"""Wrapper: the mart `scorecard`; its arithmetic is in pipelines.metrics.scorecard."""

from pipelines.metrics.scorecard import scorecard


def model(dbt, session):
    sources = {
        "inference_margin": dbt.ref("inference_margin").pl().lazy(),
        "compute_efficiency": dbt.ref("compute_efficiency").pl().lazy(),
        "fct_costs": dbt.ref("fct_costs").pl().lazy(),
        "learning_cost_ratio": dbt.ref("learning_cost_ratio").pl().lazy(),
        "intelligence_roi": dbt.ref("intelligence_roi").pl().lazy(),
        "model_decay_rate": dbt.ref("model_decay_rate").pl().lazy(),
        "data_efficiency_score": dbt.ref("data_efficiency_score").pl().lazy(),
        "retrain_verdicts": dbt.ref("retrain_verdicts").pl().lazy(),
        "ai_unit_profit": dbt.ref("ai_unit_profit").pl().lazy(),
        "acquisition_cost": dbt.ref("acquisition_cost").pl().lazy(),
    }
    months, readiness = dbt.ref("dim_months").pl().lazy(), dbt.ref("metric_readiness").pl().lazy()
    return scorecard(sources, months, readiness).collect()
