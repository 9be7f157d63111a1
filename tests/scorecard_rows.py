"""The scorecard of a few rows of usage and marts, for its tests."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import polars as pl
from release_rows import judged_marts
from serving_rows import QUALITY, serving_of

from pipelines.metrics.compute_efficiency import compute_efficiency
from pipelines.metrics.inference_margin import inference_margin
from pipelines.metrics.scorecard import scorecard

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]

MARCH, APRIL, MAY = date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)
USAGE = {
    "billable_requests": 2000,
    "delivered_tokens": 1000,
    "revenue_usd": 100,
    "direct_usd": 40,
}
LINES_SCHEMA = {
    "cost_month": pl.Date,
    "cost_category": pl.String,
    "effective_usd": pl.Decimal(38, 12),
}
READY_SCHEMA = {"metric": pl.String, "is_ready": pl.Boolean, "reason": pl.String}


def cost_lines(*lines: tuple[date, str, int | None]) -> pl.LazyFrame:
    """Rows of `fct_costs`: month, category, effective cost."""
    exact = [(*line[:2], None if line[2] is None else Decimal(line[2])) for line in lines]
    return pl.LazyFrame(exact, schema=LINES_SCHEMA, orient="row")


def waiting(*metrics: str) -> pl.LazyFrame:
    """Rows of `metric_readiness`: metrics that wait for revenue."""
    rows = [(metric, False, "missing_feeds: revenue") for metric in metrics]
    return pl.LazyFrame(rows, schema=READY_SCHEMA, orient="row")


def rows_of(mart: pl.DataFrame, metric: str) -> list[dict[str, object]]:
    """The rows of one metric, month by month."""
    return mart.filter(pl.col("metric") == metric).rows(named=True)


def card_of(usage_of: Frame, months_of: Frame, coverage_of: Frame) -> Mart:
    """The scorecard of rows of usage, through the marts it reads; every metric is ready."""

    def build(*rows: dict[str, object], **frames: pl.LazyFrame) -> pl.DataFrame:
        usage, months = usage_of(*rows), frames.get("months", months_of(MARCH, APRIL))
        goals = {"goal_margin_share": 0.5, "at_scale_inferences": 1000}
        sources = {
            "inference_margin": inference_margin(usage, months, coverage_of(revenue=1), **goals),
            "compute_efficiency": compute_efficiency(usage, months, serving_of(), **QUALITY),
            "fct_costs": frames.get("costs", cost_lines()),
            **judged_marts(),
            **{name: frames[name] for name in judged_marts() if name in frames},
        }
        return scorecard(sources, months, frames.get("readiness", waiting())).collect()

    return build
