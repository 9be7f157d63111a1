"""Calls of a dear model where a cheaper one does the same work as well."""

import polars as pl

from pipelines.metrics.intervals import newcombe_of
from pipelines.metrics.ratio import ratio
from pipelines.metrics.usage_scopes import disjoint_losses

EXACT = pl.Decimal(38, 12)
FEATURE = ["usage_month", "feature"]
# Outcomes of the month and the two before it are compared, so that there are enough of them.
WINDOW_MONTHS = 3
PERCENT = 100


def premium_model_excess(
    usage: pl.LazyFrame, outcomes: pl.LazyFrame, *, min_outcomes: int, tolerated_points: float
) -> pl.LazyFrame:
    """One row per month and feature: what dearer models cost above the cheapest one that serves it.

    excess = busy cost of the model - its requests x busy cost per request of the cheapest one with
    `min_outcomes` judged outcomes. It counts where the dearer model's acceptance is better by at
    most `tolerated_points` even at the upper end of its interval (`overspend_usd`); `undecided_usd`
    is what it would be where the interval still holds that.
    """
    models = _models(usage, outcomes).filter(pl.col("judged") >= min_outcomes)
    # models of one price: the first name, so that two runs agree
    cheapest = models.sort("unit_cost", "model").group_by(FEATURE).first()
    pairs = models.join(cheapest, on=FEATURE, how="inner", validate="m:1", suffix="_cheapest")
    dearer = pairs.filter(pl.col("unit_cost") > pl.col("unit_cost_cheapest")).with_columns(
        gain=newcombe_of("share", "judged", "share_cheapest", "judged_cheapest"),
        excess=(pl.col("unit_cost") - pl.col("unit_cost_cheapest")) * pl.col("requests"),
    )
    low, high = (pl.col("gain").struct.field(end) * PERCENT for end in ("low", "high"))
    is_no_better = high <= tolerated_points
    is_open = ~is_no_better & (low <= tolerated_points)
    return dearer.group_by(FEATURE).agg(
        overspend_usd=_money(is_no_better), undecided_usd=_money(is_open)
    )


def busy_cost(usage: pl.LazyFrame, *key: str) -> pl.LazyFrame:
    """Billable requests of production, and what they cost without idle, failed and retried work."""
    losses = disjoint_losses()
    busy = pl.col("direct_usd") + pl.col("api_usd") - losses["failed_usd"] - losses["retried_usd"]
    production = (pl.col("purpose") == "production") & ~pl.col("is_unallocated")
    return (
        usage.filter(production)
        .group_by(key)
        .agg(requests=pl.col("billable_requests").sum(), busy_usd=busy.sum())
    )


def _money(condition: pl.Expr) -> pl.Expr:
    return pl.col("excess").filter(condition).sum().round(2).cast(EXACT)


def _models(usage: pl.LazyFrame, outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """One row per month, feature and model: busy cost per billable request, and its acceptance."""
    costs = (
        busy_cost(usage, *FEATURE, "model")
        .filter(pl.col("requests") > 0)
        .with_columns(unit_cost=ratio(pl.col("busy_usd"), pl.col("requests")))
    )
    return costs.join(_judged(outcomes), on=[*FEATURE, "model"], how="inner", validate="1:1")


def _judged(outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """Judged outcomes of the window that ends with each month, and the share accepted."""
    shifted = [
        outcomes.with_columns(pl.col("usage_month").dt.offset_by(f"{months}mo"))
        for months in range(WINDOW_MONTHS)
    ]
    counts = pl.concat(shifted).group_by(*FEATURE, "model")
    return counts.agg(
        judged=pl.col("judged_outcome_count").sum(),
        accepted=pl.col("accepted_outcome_count").sum(),
    ).with_columns(share=ratio(pl.col("accepted"), pl.col("judged")))
