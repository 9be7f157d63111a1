"""Wrapper: the mart `traps`; its arithmetic is in pipelines.metrics.traps."""

from pipelines.metrics.compute_spirals import TrapRules
from pipelines.metrics.traps import traps


def model(dbt, session):
    return traps(
        dbt.ref("inference_margin").pl().lazy(),
        dbt.ref("unit_profit_bridge").pl().lazy(),
        dbt.ref("data_efficiency_score").pl().lazy(),
        dbt.ref("fct_dataset_months").pl().lazy(),
        dbt.ref("retrain_verdicts").pl().lazy(),
        dbt.ref("trap_exceptions").pl().lazy(),
        rules=TrapRules(**dbt.config.meta_get("rules")),
    ).collect()
