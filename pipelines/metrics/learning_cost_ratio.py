"""The mart `learning_cost_ratio`: what a release spent on learning per point it gained."""

import polars as pl

from pipelines.metrics.intervals import Z
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.releases import (
    FREE_GAIN,
    GAINS,
    KEYS,
    NO_GAIN,
    NO_RELEASE,
    UNPRICED_RUNS,
    against_the_release_before,
    with_gains,
)
from pipelines.metrics.statuses import (
    MISSING_FEEDS,
    STRADDLES_GOAL,
    UNCONVERTED_LINES,
    missing_feeds,
    status_and_reason,
)

FEEDS = ("model_versions", "model_evaluations", "training_runs")
TEXTS = ("verdict", "status", "reason")
MONEY = (
    "compute_usd",
    "data_cost_usd",
    "amortised_data_cost_usd",
    "learning_cost_usd",
    "wasted_learning_usd",
)
COUNTS = ("item_count", "needed_item_count", "run_count", "failed_run_count", "unpriced_run_count")
RATIOS = (
    "learning_cost_ratio",
    "learning_cost_ratio_ci_low",
    "learning_cost_ratio_ci_high",
    "amortised_learning_cost_ratio",
    "cumulative_learning_cost_ratio",
    "cumulative_learning_cost_ratio_ci_low",
    "cumulative_learning_cost_ratio_ci_high",
    "error_removal_cost_ratio",
)


def learning_cost_ratio(
    releases: pl.LazyFrame, coverage: pl.LazyFrame, *, decision_power: float
) -> pl.LazyFrame:
    """One row per model version: dollars of compute and data per point of performance gained.

    learning cost ratio = (cost of every run in the learning window + data invoiced in it) / gain in
    points over the champion, scored again at the promotion. The interval is the gain's. The goal is
    to fall: the verdict compares with the model's release before. Money in the reporting currency.

    Null: everything per point where the gain is not above zero beyond chance (`no_gain`: the cost
    is `wasted_learning_usd`), where no compute was spent (`free_gain`), for the first version and
    for what is not released. Cumulative figures sum all compared releases, failed ones included.
    Source: the article's table of metrics, "learning cost ratio".
    """
    compared = with_gains(releases).join(missing_feeds(coverage, *FEEDS), how="cross")
    return (
        _with_cumulative(compared)
        .with_columns(_wasted(), **_ratios())
        .pipe(
            against_the_release_before,
            "learning_cost_ratio",
            better="lower",
            power=decision_power,
        )
        .with_columns(_status())
        .select(*KEYS, "promoted_date", *TEXTS, *MONEY, *GAINS, *COUNTS, *RATIOS, "goal")
        .sort("model", "promoted_date", "model_version", nulls_last=True)
    )


def _is_computable() -> pl.Expr:
    return (pl.col("gain_points_ci_low") > 0) & (pl.col("compute_usd") > 0)


def _with_cumulative(releases: pl.LazyFrame) -> pl.LazyFrame:
    """Sums over the compared releases of a model up to each, in the order of promotion."""
    is_compared = pl.col("gain_points").is_not_null() & pl.col("learning_cost_usd").is_not_null()
    sums = {
        "summed_cost": pl.col("learning_cost_usd").cast(pl.Float64),
        "summed_points": pl.col("gain_points"),
        "summed_variance": pl.col("gain_error_points") ** 2,
    }
    return releases.with_columns(
        pl.when(is_compared)
        .then(
            pl.when(is_compared)
            .then(amount)
            .otherwise(0)
            .cum_sum()
            .over("model", order_by="promoted_at")
        )
        .alias(name)
        for name, amount in sums.items()
    )


def _wasted() -> pl.Expr:
    """The cost of a release that is known not to have gained; 0 where it gained."""
    is_gain = pl.col("gain_points_ci_low") > 0
    cost = pl.col("learning_cost_usd")
    return pl.when(is_gain).then(cost - cost).when(~is_gain).then(cost).alias("wasted_learning_usd")


def _ratios() -> dict[str, pl.Expr]:
    cost = pl.when(_is_computable()).then("learning_cost_usd")
    amortised = pl.when(_is_computable()).then(pl.col("compute_usd") + pl.col("data_effective_usd"))
    total, points = pl.col("summed_cost"), pl.col("summed_points")
    spread = Z * pl.col("summed_variance").sqrt()
    # below a lower end of zero points there is no upper end to what a point costs
    return {
        "data_cost_usd": pl.col("data_billed_usd"),
        "amortised_data_cost_usd": pl.col("data_effective_usd"),
        "learning_cost_ratio": ratio(cost, pl.col("gain_points")),
        "learning_cost_ratio_ci_low": ratio(cost, pl.col("gain_points_ci_high")),
        "learning_cost_ratio_ci_high": ratio(cost, pl.col("gain_points_ci_low")),
        "amortised_learning_cost_ratio": ratio(amortised, pl.col("gain_points")),
        "cumulative_learning_cost_ratio": ratio(total, positive(points)),
        "cumulative_learning_cost_ratio_ci_low": ratio(
            pl.when(points > 0).then(total), positive(points + spread)
        ),
        "cumulative_learning_cost_ratio_ci_high": ratio(total, positive(points - spread)),
        "error_removal_cost_ratio": ratio(cost, pl.col("gain_points"))
        * (1 - pl.col("champion_score_share")),
    }


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            *NO_RELEASE,
            (pl.col("compute_usd").is_null(), "unpriced_runs"),
            NO_GAIN,
            FREE_GAIN,
        ],
        provisional=[UNPRICED_RUNS, UNCONVERTED_LINES],
        inconclusive=[STRADDLES_GOAL],
    )
