"""Over-retraining: retrains that did not gain the points that justify one."""

import polars as pl

TRAP = "over_retraining"
ENDS = {"value": "", "ci_low": "_ci_low", "ci_high": "_ci_high"}


def over_retraining(verdicts: pl.LazyFrame) -> pl.LazyFrame:
    """One row per retrain, in the month of its promotion: its gain, and what it cost."""
    return verdicts.select(
        "status",
        "reason",
        **{name: pl.col(f"gain_points{end}") for name, end in ENDS.items()},
        trap=pl.lit(TRAP),
        scope_kind=pl.lit("model_version"),
        scope_id=pl.format("{} {}", pl.col("model"), pl.col("model_version")),
        usage_month=pl.col("promoted_date").dt.month_start(),
        observation_count=pl.col("item_count"),
        at_stake_usd="learning_cost_usd",
        is_flagged=pl.col("verdict") == "not_justified",
        unit=pl.lit("points"),
        short_history=pl.lit(value=False),
        evidence=_evidence(),
    )


def _evidence() -> pl.Expr:
    return pl.format(
        "{} gained {} points ({} to {}, {} items); {} justify a retrain",
        pl.col("model_version"),
        *(pl.col(f"gain_points{end}").round(2) for end in ENDS.values()),
        pl.col("item_count"),
        pl.col("goal"),
    )
