"""The lines of the waterfall of overspend that are read off the ledger: each dollar in one line."""

import polars as pl

from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.usage_scopes import disjoint_losses

EXACT = pl.Decimal(38, 12)
TRAINING = ("training_compute", "fine_tuning_compute")
RELEASE = ["model", "model_version"]


def idle_and_lost(usage: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Per month: idle GPU time, and failed and retried work without its idle share."""
    amounts = {"idle": pl.col("idle_usd"), **_losses()}
    return {
        line: usage.group_by("usage_month").agg(overspend_usd=amount.sum())
        for line, amount in amounts.items()
    }


def _losses() -> dict[str, pl.Expr]:
    return {name.removesuffix("_usd"): amount for name, amount in disjoint_losses().items()}


def duplicate_labels(costs: pl.LazyFrame, dataset_months: pl.LazyFrame) -> pl.LazyFrame:
    """Per month: the labelling cost of each dataset times its share of duplicate records."""
    collected = pl.col("collected_record_count")
    unique = pl.coalesce("near_unique_record_count", "unique_record_count")
    shares = dataset_months.select(
        "usage_month", "dataset_id", duplicate_share=ratio(collected - unique, collected)
    )
    labels = (
        costs.filter(pl.col("component") == "labelling")
        .group_by(pl.col("cost_month").alias("usage_month"), "dataset_id")
        .agg(cost=pl.col("effective_usd").sum().clip(lower_bound=0).cast(pl.Float64))
    )
    spent = labels.join(
        shares, on=["usage_month", "dataset_id"], how="inner", validate="1:1"
    ).filter(pl.col("duplicate_share").is_not_null())
    wasted = (pl.col("cost") * pl.col("duplicate_share")).sum()
    return spent.group_by("usage_month").agg(overspend_usd=wasted.round(2).cast(EXACT))


def unjustified_retrains(
    costs: pl.LazyFrame, releases: pl.LazyFrame, verdicts: pl.LazyFrame
) -> pl.LazyFrame:
    """Per month: training in the ledger that went into retrains below their goal.

    The compute of a release's window is laid on the training days of the ledger within it, in
    their proportion, and is never more than what the ledger holds for training in the month.
    """
    days = (
        costs.filter(pl.col("component").is_in(TRAINING))
        .group_by("cost_date", pl.col("cost_month").alias("usage_month"))
        .agg(trained=pl.col("effective_usd").sum().cast(pl.Float64))
    )
    caps = days.group_by("usage_month").agg(cap=pl.col("trained").sum())
    is_proved = pl.col("verdict") == "not_justified"
    sums = (
        _laid_on(days, releases.join(verdicts.select(*RELEASE, "verdict"), on=RELEASE))
        .group_by("usage_month")
        .agg(
            proved=pl.col("amount").filter(is_proved).sum(),
            open=pl.col("amount").filter(~is_proved).sum(),
        )
    )
    proved = pl.min_horizontal("proved", "cap")
    left = pl.min_horizontal(pl.col("open"), pl.col("cap") - proved)
    return sums.join(caps, on="usage_month", how="left", validate="1:1").select(
        "usage_month", overspend_usd=_rounded(proved), undecided_usd=_rounded(left)
    )


def _laid_on(days: pl.LazyFrame, judged: pl.LazyFrame) -> pl.LazyFrame:
    """The compute of every release that is not justified, or not decided, by training day."""
    chosen = judged.filter(pl.col("verdict").is_in(["not_justified", "inconclusive"])).select(
        *RELEASE, "verdict", "compute_usd", "window_starts_at", "window_ends_at"
    )
    inside = (pl.col("cost_date") > pl.col("window_starts_at").dt.date()) & (
        pl.col("cost_date") <= pl.col("window_ends_at").dt.date()
    )
    share = ratio(pl.col("trained"), positive(pl.col("trained").sum().over(RELEASE)))
    return (
        days.join(chosen, how="cross")
        .filter(inside & (pl.col("trained") > 0))
        .with_columns(amount=share * pl.col("compute_usd").cast(pl.Float64))
    )


def _rounded(amount: pl.Expr) -> pl.Expr:
    """To the cent below, so that a sum of parts is never above its whole."""
    return ((amount * 100).floor() / 100).round(2).cast(EXACT)
