"""Features whose next call is worth less to the customer than it costs."""

import polars as pl

from pipelines.metrics.premium_models import EXACT, FEATURE, busy_cost

MONEY = ("overspend_usd", "undecided_usd")
# The verdicts of the stop rule, and the column their dollars go to.
VERDICTS = {"stop": "overspend_usd", "inconclusive": "undecided_usd"}


def low_value_features(
    usage: pl.LazyFrame, density: pl.LazyFrame, premium: pl.LazyFrame
) -> pl.LazyFrame:
    """One row per month with a stop rule: busy cost above what the calls are worth at the margin.

    cost of the feature - what dear models cost too much in it - marginal value x calls, where the
    stop rule of `value_density` says stop (`overspend_usd`), or cannot tell yet (`undecided_usd`).
    """
    judged = density.filter(pl.col("verdict").is_not_null() & (pl.col("feature") != "(all)"))
    worth = judged.select(
        *FEATURE, "verdict", marginal_value=pl.col("marginal_value_usd").clip(lower_bound=0.0)
    )
    counted = premium.select(*FEATURE, counted_usd="overspend_usd")
    spare = (
        pl.col("busy_usd").cast(pl.Float64)
        - pl.col("counted_usd").cast(pl.Float64).fill_null(0.0)
        - pl.col("marginal_value") * pl.col("requests")
    ).clip(lower_bound=0.0)
    features = (
        busy_cost(usage, *FEATURE)
        .join(worth, on=FEATURE, how="inner", validate="1:1")
        .join(counted, on=FEATURE, how="left", validate="1:1")
        .with_columns(spare=spare)
    )
    sums = {
        column: pl.col("spare").filter(pl.col("verdict") == word).sum().round(2).cast(EXACT)
        for word, column in VERDICTS.items()
    }
    return features.group_by("usage_month").agg(**sums)
