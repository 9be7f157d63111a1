"""The mart `inference_margin`: what an inference earns, what it costs, and what is left."""

import polars as pl

from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import (
    INCOMPLETE_MONTH,
    UNCONVERTED_LINES,
    UNPRICED_REQUESTS,
    feed_is_loaded,
    status_and_reason,
    verdict,
)
from pipelines.metrics.usage_scopes import COSTS, COUNTS, REVENUES, usage_by_scope

KEYS = ("scope_id", "usage_month", "scope_kind")
TEXTS = ("scale", "verdict", "status", "reason")
RATIOS = (
    "revenue_per_inference_usd",
    "cost_per_inference_usd",
    "margin_per_inference_usd",
    "margin_share",
    "token_weighted_margin_share",
)


def inference_margin(
    usage: pl.LazyFrame,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    goal_margin_share: float,
    at_scale_inferences: int,
) -> pl.LazyFrame:
    """One row per month and scope: what a successful billable inference earns, costs and leaves.

    margin = revenue - cost of revenue; per billable inference, and as a share of revenue. Cost of
    revenue is production inference with its idle, failed and retried share; trial, internal,
    evaluation and monitoring use stand beside it. Money in the reporting currency.

    Null: revenue and margin without the feed `revenue`; cost in a month that measured none; a
    share where revenue is not above zero; a figure per inference where nothing billable succeeded.
    Source: the article's table of metrics, "inference margin", above 50 % at scale.
    """
    return (
        usage_by_scope(usage)
        .join(months, on="usage_month", how="left", validate="m:1")
        .join(feed_is_loaded(coverage, "revenue"), how="cross")
        .with_columns(_unknown_is_null())
        .with_columns(margin_usd=pl.col("revenue_usd") - pl.col("cost_usd"))
        .with_columns(**_ratios(), goal=pl.lit(goal_margin_share, dtype=pl.Float64))
        .with_columns(*_status(), scale=_scale(at_scale_inferences))
        .with_columns(_verdict())
        .select(
            *KEYS,
            *TEXTS,
            *REVENUES,
            *COSTS,
            "margin_usd",
            *COUNTS,
            "unconverted_lines",
            *RATIOS,
            "goal",
        )
        .sort("usage_month", "scope_kind", "scope_id")
    )


def _unknown_is_null() -> list[pl.Expr]:
    """Revenue without its feed and cost of a month that measured none are unknown, not zero."""
    measured = pl.col("fully_loaded_cost_usd").sum().over("usage_month", "scope_kind")
    revenues = [pl.when("has_revenue").then(name).alias(name) for name in REVENUES]
    return revenues + [pl.when(measured != 0).then(name).alias(name) for name in COSTS]


def _ratios() -> dict[str, pl.Expr]:
    revenue, weighted = pl.col("revenue_usd"), pl.col("token_weighted_revenue_usd")
    cost, margin = pl.col("cost_usd"), pl.col("margin_usd")
    inferences = pl.col("billable_requests")
    return {
        "revenue_per_inference_usd": ratio(revenue, inferences),
        "cost_per_inference_usd": ratio(cost, inferences),
        "margin_per_inference_usd": ratio(margin, inferences),
        "margin_share": ratio(margin, positive(revenue)),
        "token_weighted_margin_share": ratio(weighted - cost, positive(weighted)),
    }


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            (~pl.col("has_revenue"), "missing_feeds: revenue"),
            (pl.col("cost_usd").is_null(), "no_cost"),
            (pl.col("revenue_usd") == 0, "no_revenue"),
            (pl.col("revenue_usd") < 0, "negative_revenue"),
            (pl.col("billable_requests") == 0, "no_billable_inference"),
        ],
        provisional=[UNPRICED_REQUESTS, UNCONVERTED_LINES, INCOMPLETE_MONTH],
    )


def _scale(at_scale_inferences: int) -> pl.Expr:
    is_at_scale = pl.col("billable_requests") >= at_scale_inferences
    return pl.when(is_at_scale).then(pl.lit("at_scale")).otherwise(pl.lit("pre_scale"))


def _verdict() -> pl.Expr:
    """The margin share against its goal; a small volume or a month that may move is not judged."""
    is_judged = (pl.col("scale") == "at_scale") & (pl.col("status") == "ok")
    return verdict(pl.col("margin_share") > pl.col("goal"), judged=is_judged)
