"""The measures of the scorecard: where each comes from, its unit, and which way is better."""

from dataclasses import replace

from pipelines.metrics.customer_measures import CUSTOMER_MEASURES
from pipelines.metrics.learning_measures import LEARNING_MEASURES
from pipelines.metrics.measure import Better, Measure

MARGIN_SHARE = Measure(
    metric="inference_margin_share",
    source="inference_margin",
    unit="share",
    value="margin_share",
    numerator="margin_usd",
    without_numerator="no_cost",
    denominator="revenue_usd",
    without_denominator="no_revenue",
    better="higher",
    has_goal=True,
    needs_prices=True,
    needs_rates=True,
)
CACHE_SAVING = Measure(
    metric="cache_saving_usd",
    source="compute_efficiency",
    unit="usd",
    value="cache_saving_usd",
    numerator="cache_saving_usd",
    without_numerator="cache_not_measured",
    better="higher",
    needs_prices=True,
)
CACHE_READ_SHARE = replace(
    CACHE_SAVING,
    metric="cache_read_share",
    unit="share",
    value="cache_read_share",
    numerator="cache_read_tokens",
    denominator="input_tokens",
    without_denominator="no_input_tokens",
    needs_prices=False,
)


def _per_inference(numerator: str, better: Better) -> Measure:
    name = f"{numerator.removesuffix('_usd')}_per_inference_usd"
    return Measure(
        metric=name,
        source="inference_margin",
        unit="usd_per_inference",
        value=name,
        numerator=numerator,
        without_numerator="no_revenue" if numerator == "revenue_usd" else "no_cost",
        denominator="billable_requests",
        without_denominator="no_billable_inference",
        better=better,
        needs_prices=numerator != "revenue_usd",
        needs_rates=numerator != "cost_usd",
    )


def _of_cost(metric: str, unit: str, numerator: str, better: Better) -> Measure:
    return Measure(
        metric=metric,
        source="compute_efficiency",
        unit=unit,
        value=metric,
        numerator=numerator,
        without_numerator="no_cost",
        denominator="cost_usd",
        without_denominator="no_cost",
        better=better,
        needs_prices=True,
    )


def _per_million(metric: str, tokens: str) -> Measure:
    return Measure(
        metric=metric,
        source="compute_efficiency",
        unit="usd_per_million_tokens",
        value=metric,
        numerator="cost_usd",
        without_numerator="no_cost",
        denominator=tokens,
        without_denominator=f"no_{tokens}",
        better="lower",
        needs_prices=True,
    )


def _ledger_total(name: str) -> Measure:
    return Measure(
        metric=name,
        source="fct_costs",
        unit="usd",
        value=name,
        numerator=name,
        without_numerator="no_cost",
        needs_rates=True,
    )


LEDGER_CATEGORIES = {
    "CC": "compute_cost_usd",
    "DAC": "data_acquisition_cost_usd",
    "MMC": "maintenance_cost_usd",
}
MEASURES = (
    MARGIN_SHARE,
    _per_inference("revenue_usd", "higher"),
    _per_inference("cost_usd", "lower"),
    _per_inference("margin_usd", "higher"),
    _of_cost("tokens_per_usd", "tokens_per_usd", "delivered_tokens", "higher"),
    _of_cost("output_tokens_per_usd", "tokens_per_usd", "output_tokens", "higher"),
    _per_million("cost_usd_per_million_tokens", "delivered_tokens"),
    _per_million("cost_usd_per_million_output_tokens", "output_tokens"),
    _of_cost("idle_share", "share", "idle_usd", "lower"),
    _of_cost("failed_share", "share", "failed_usd", "lower"),
    _of_cost("retried_share", "share", "retried_usd", "lower"),
    CACHE_SAVING,
    CACHE_READ_SHARE,
    *(_ledger_total(name) for name in LEDGER_CATEGORIES.values()),
    *LEARNING_MEASURES,
    *CUSTOMER_MEASURES,
)
