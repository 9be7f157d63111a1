"""What the metrics of a release share: its gain with interval, its reasons, the release before."""

import polars as pl

from pipelines.metrics.intervals import Better, Z, interval_verdict, needed_count, newcombe_of
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import Rule

POINTS = 100
GAINS = ("gain_points", "gain_points_ci_low", "gain_points_ci_high")
KEYS = ("model", "model_version", "previous_model_version", "benchmark", "metric")
NO_GAIN: Rule = (~(pl.col("gain_points_ci_low") > 0), "no_gain")
FREE_GAIN: Rule = (pl.col("compute_usd") == 0, "free_gain")
UNPRICED_RUNS: Rule = (pl.col("unpriced_run_count") > 0, "unpriced_runs")
NO_RELEASE: tuple[Rule, ...] = (
    (~pl.col("is_released"), "not_released"),
    (pl.col("previous_model_version").is_null(), "first_version"),
    (pl.col("gain_points").is_null(), "no_comparison"),
)


def with_gains(releases: pl.LazyFrame) -> pl.LazyFrame:
    """Releases with `gain_points`, its interval and `gain_error_points`, and `learning_cost_usd`.

    Item by item, where the items that changed are known: (fixed - broken) / n with the standard
    error sqrt(fixed + broken - (fixed - broken)^2 / n) / n (McNemar's difference); else the
    difference of two independent shares with Newcombe's interval. What is not released and cost
    nothing yet is left out.
    """
    is_begun = pl.any_horizontal(
        pl.col("is_released"), pl.col("run_count") > 0, pl.col("data_billed_usd") != 0
    )
    independent = newcombe_of(
        "score_share", "item_count", "champion_score_share", "champion_item_count"
    )
    return (
        releases.filter(is_begun)
        .with_columns(independent.alias("independent"))
        .with_columns(**_gains())
        .with_columns(
            gain_error_points=(pl.col("gain_points_ci_high") - pl.col("gain_points_ci_low"))
            / (2 * Z),
            learning_cost_usd=pl.col("compute_usd") + pl.col("data_billed_usd"),
            promoted_date=pl.col("promoted_at").dt.date(),
        )
    )


def _gains() -> dict[str, pl.Expr]:
    items = pl.col("item_count").cast(pl.Float64)
    fixed, broken = pl.col("fixed_item_count"), pl.col("broken_item_count")
    gain = POINTS * ratio(fixed - broken, items)
    error = POINTS * ratio((fixed + broken - ratio((fixed - broken) ** 2, items)).sqrt(), items)
    is_paired = pl.col("is_paired")
    scores = POINTS * (pl.col("score_share") - pl.col("champion_score_share"))
    low, high = (POINTS * pl.col("independent").struct.field(end) for end in ("low", "high"))
    return {
        "gain_points": pl.when(is_paired).then(gain).otherwise(scores),
        "gain_points_ci_low": pl.when(is_paired).then(gain - Z * error).otherwise(low),
        "gain_points_ci_high": pl.when(is_paired).then(gain + Z * error).otherwise(high),
    }


def against_the_release_before(
    releases: pl.LazyFrame, name: str, *, better: Better, power: float
) -> pl.LazyFrame:
    """`goal`, the value of the model's release before, with `verdict` and `needed_item_count`.

    The logarithms are compared, the error of both gains counting: two uncertain numbers differ when
    the interval of their ratio leaves out 1. Null for the first release that has a value. A gain
    that chance explains needs the items at which it would not.
    """
    error = pl.when(pl.col(name).is_not_null()).then(
        ratio(pl.col("gain_error_points"), positive(pl.col("gain_points")))
    )
    earlier = [pl.col(name).alias("goal"), error.alias("goal_error")]
    ratio_error = (error**2 + pl.col("goal_error") ** 2).sqrt()
    distance = (pl.col(name) / pl.col("goal")).log()
    low, high = distance - Z * ratio_error, distance + Z * ratio_error
    verdict = interval_verdict(low, high, pl.lit(0.0), better=better)
    is_chance = (pl.col("gain_points_ci_low") <= 0) & (pl.col("gain_points_ci_high") >= 0)
    gain = (pl.col("gain_error_points"), pl.col("gain_points"))
    needed = (
        pl.when(is_chance)
        .then(needed_count(pl.col("item_count"), *gain, power=power))
        .when(pl.col("verdict") == "inconclusive")
        .then(needed_count(pl.col("item_count"), ratio_error, distance, power=power))
    )
    return (
        releases.with_columns(
            column.forward_fill().shift(1).over("model", order_by="promoted_at")
            for column in earlier
        )
        .with_columns(verdict.alias("verdict"))
        .with_columns(needed.alias("needed_item_count"))
    )
