"""Wrapper: the mart `scorecard`; its arithmetic is in pipelines.metrics.scorecard."""

from pipelines.metrics.scorecard import scorecard


def model(dbt, session):
    margins = dbt.ref("inference_margin").pl().lazy()
    efficiency = dbt.ref("compute_efficiency").pl().lazy()
    costs = dbt.ref("fct_costs").pl().lazy()
    months = dbt.ref("dim_months").pl().lazy()
    readiness = dbt.ref("metric_readiness").pl().lazy()
    return scorecard(margins, efficiency, costs, months, readiness).collect()
