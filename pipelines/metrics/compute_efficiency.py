"""The mart `compute_efficiency`: how much work a dollar of inference buys, and what is lost."""

import polars as pl

from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.savings import SAVINGS, WAYS, savings
from pipelines.metrics.statuses import INCOMPLETE_MONTH, UNPRICED_REQUESTS, status_and_reason
from pipelines.metrics.usage_scopes import disjoint_losses

EXACT = pl.Decimal(38, 12)
NO_USAGE = "(no usage)"
PER_MILLION = 1_000_000
COUNTS = (
    "inference_requests",
    "unpriced_requests",
    "cache_measured_requests",
    "input_tokens",
    "cache_read_tokens",
    "output_tokens",
    "delivered_tokens",
)
MONEY = ("cost_usd", "idle_usd", "failed_usd", "retried_usd", "cache_saving_usd")
RATIOS = (
    "tokens_per_usd",
    "output_tokens_per_usd",
    "cost_usd_per_million_tokens",
    "cost_usd_per_million_output_tokens",
    "idle_share",
    "failed_share",
    "retried_share",
    "cache_read_share",
    "mean_request_cache_read_share",
)


def compute_efficiency(
    usage: pl.LazyFrame,
    months: pl.LazyFrame,
    serving: pl.LazyFrame,
    *,
    quality_margin_points: float,
    decision_power: float,
) -> pl.LazyFrame:
    """One row per month and model, '(all)' among them: what a dollar of inference yields.

    tokens per dollar = delivered tokens / fully loaded cost, of every purpose, with idle, failed
    and retried work. The three loss shares are disjoint: failed and retried work count without
    their idle share. Savings of stored answers, devices and smaller models count where quality did
    not fall by more than `quality_margin_points`, the lower end of its interval deciding; prompt
    caches change no answer and always count. Money in the reporting currency.

    Null: every ratio of or to a cost that is not above zero; a cost per token where no token was
    delivered; cache figures where no request measured its cache; a saving without calls of its
    kind, or without others to compare them with.
    Source: the article's compute lever, tokens per dollar.
    """
    saved = savings(serving, margin_points=quality_margin_points, decision_power=decision_power)
    used = usage.filter(pl.col("model").ne_missing(pl.lit(NO_USAGE)))
    models = [pl.coalesce("model", pl.lit("(unknown)")), pl.lit("(all)")]
    return (
        pl.concat([_summed_by_model(used, model) for model in models])
        .join(months, on="usage_month", how="left", validate="m:1")
        .join(saved, on=["usage_month", "model"], how="left", validate="1:1")
        .with_columns(_measured_saving())
        .with_columns(**_yields(), **_loss_shares(), **_cache_shares())
        .with_columns(_status())
        .with_columns(_counted_saving())
        .select(
            *("usage_month", "model", "status", "reason"),
            *(*MONEY, *COUNTS, *RATIOS, *SAVINGS, "counted_saving_usd"),
        )
        .sort("usage_month", "model")
    )


def _summed_by_model(used: pl.LazyFrame, model: pl.Expr) -> pl.LazyFrame:
    plain = {name: pl.col(name) for name in ("cost_usd", "idle_usd", "cache_saving_usd", *COUNTS)}
    # A decimal sum does not depend on the order of rows; a float sum would differ between two runs.
    shares = {"summed_cache_read_share": pl.col("summed_cache_read_share").cast(EXACT)}
    amounts = plain | disjoint_losses() | shares
    return used.group_by(model.alias("model"), "usage_month").agg(
        amount.sum().alias(name) for name, amount in amounts.items()
    )


def _measured_saving() -> pl.Expr:
    is_measured = pl.col("cache_measured_requests") > 0
    return pl.when(is_measured).then("cache_saving_usd").alias("cache_saving_usd")


def _counted_saving() -> pl.Expr:
    parts = ["cache_saving_usd", *(f"{way}_saving_usd" for way in WAYS)]
    is_known = pl.any_horizontal(pl.col(part).is_not_null() for part in parts)
    total = pl.sum_horizontal(pl.col(part).cast(pl.Float64).fill_null(0.0) for part in parts)
    return pl.when(is_known).then(total).alias("counted_saving_usd")


def _yields() -> dict[str, pl.Expr]:
    cost = positive(pl.col("cost_usd"))
    delivered, output = pl.col("delivered_tokens"), pl.col("output_tokens")
    return {
        "tokens_per_usd": ratio(delivered, cost),
        "output_tokens_per_usd": ratio(output, cost),
        "cost_usd_per_million_tokens": ratio(cost, delivered) * PER_MILLION,
        "cost_usd_per_million_output_tokens": ratio(cost, output) * PER_MILLION,
    }


def _loss_shares() -> dict[str, pl.Expr]:
    cost = positive(pl.col("cost_usd"))
    losses = ("idle", "failed", "retried")
    return {f"{loss}_share": ratio(pl.col(f"{loss}_usd"), cost) for loss in losses}


def _cache_shares() -> dict[str, pl.Expr]:
    measured = positive(pl.col("cache_measured_requests"))
    tokens_of_measured = pl.when(measured.is_not_null()).then("input_tokens")
    return {
        "cache_read_share": ratio(pl.col("cache_read_tokens"), tokens_of_measured),
        "mean_request_cache_read_share": ratio(pl.col("summed_cache_read_share"), measured),
    }


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            (positive(pl.col("cost_usd")).is_null(), "no_cost"),
            (pl.col("delivered_tokens") == 0, "no_delivered_tokens"),
        ],
        provisional=[UNPRICED_REQUESTS, INCOMPLETE_MONTH],
    )
