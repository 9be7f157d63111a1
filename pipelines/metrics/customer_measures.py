"""The scorecard's measures of what a user earns and a customer costs."""

from pipelines.metrics.measure import Measure

UNIT_PROFIT = Measure(
    metric="ai_unit_profit_usd",
    source="ai_unit_profit",
    unit="usd_per_active_user",
    value="unit_profit_usd",
    numerator="numerator",
    without_numerator="no_cost",
    denominator="denominator",
    without_denominator="no_active_user",
    better="higher",
    has_interval=True,
    has_status=True,
)


def _cost_per_customer(metric: str) -> Measure:
    return Measure(
        metric=metric,
        source="acquisition_cost",
        unit="usd_per_customer",
        value=metric,
        numerator=None,
        without_numerator="no_acquired_customer",
        better="lower",
        has_status=True,
    )


CUSTOMER_MEASURES = (
    UNIT_PROFIT,
    _cost_per_customer("cac_usd"),
    _cost_per_customer("adjusted_cac_usd"),
)
