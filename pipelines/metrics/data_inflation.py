"""Data inflation: more is paid for data while a smaller part of it is of any use."""

import polars as pl

from pipelines.metrics.compute_spirals import EXACT, TrapRules
from pipelines.metrics.ratio import ratio

TRAP = "data_inflation"
# "Fell in 2 of 3 months", the rule of the dictionary.
MONTHS, FALLS = 3, 2
COUNTS = (
    "collected_record_count",
    "unique_record_count",
    "near_unique_record_count",
    "collected_90_days_record_count",
    "used_90_days_record_count",
)


def data_inflation(
    scores: pl.LazyFrame, dataset_months: pl.LazyFrame, rules: TrapRules
) -> pl.LazyFrame:
    """One row per dataset and month, and per month for the product: cost up while efficiency fell.

    $ on duplicates = data cost x (collected - unique) / collected; $ unused for more than 90 days =
    data cost x (records of that age - used ones) / collected. The two overlap; the larger is at
    stake.
    """
    key = ["scope_kind", "dataset_id", "usage_month"]
    counts = _counts(dataset_months)
    kinds = scores.select(*key, "data_efficiency_share", "data_cost_usd", "status", "reason")
    return (
        kinds.join(counts, on=key, how="left", validate="1:1")
        .sort(key)
        .with_columns(**_change())
        .with_columns(**_losses())
        .with_columns(
            at_stake_usd=pl.max_horizontal("duplicate_usd", "unused_usd"),
            observation_count=pl.lit(MONTHS, dtype=pl.Int64),
            short_history=pl.col("value").is_null(),
            is_flagged=(pl.col("falls") >= FALLS)
            & (pl.col("spent") > 0)
            & (pl.col("value") <= -rules.inflation_min_fall_share),
            trap=pl.lit(TRAP),
            unit=pl.lit("share"),
            scope_kind=pl.when(pl.col("scope_kind") == "product")
            .then(pl.lit("product"))
            .otherwise(pl.lit("dataset")),
            scope_id=pl.col("dataset_id").replace({"(all)": "all"}),
        )
        .with_columns(_evidence())
    )


def _counts(dataset_months: pl.LazyFrame) -> pl.LazyFrame:
    """Records of each dataset and of all; a count that one dataset lacks is unknown in the sum."""
    names = ["dataset_id", "usage_month", *COUNTS]
    single = dataset_months.select(*names, scope_kind=pl.lit("dataset"))
    known = {
        name: pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()) for name in COUNTS
    }
    whole = single.group_by("usage_month").agg(**known)
    product = whole.with_columns(dataset_id=pl.lit("(all)"), scope_kind=pl.lit("product"))
    return pl.concat([single, product], how="diagonal")


def _change() -> dict[str, pl.Expr]:
    """What became of share and cost in three calendar months; null where a month is missing."""
    scope = ("scope_kind", "dataset_id")
    share, cost, month = (
        pl.col(name) for name in ("data_efficiency_share", "data_cost_usd", "usage_month")
    )
    is_whole = month.shift(MONTHS).dt.offset_by(f"{MONTHS}mo") == month
    fell = (share.diff() < 0).cast(pl.Int64).rolling_sum(MONTHS)
    changes = {
        "falls": fell,
        "value": share - share.shift(MONTHS),
        "spent": cost - cost.shift(MONTHS),
    }
    return {
        name: pl.when(is_whole.over(scope)).then(change.over(scope))
        for name, change in changes.items()
    }


def _losses() -> dict[str, pl.Expr]:
    collected = pl.col("collected_record_count")
    unique = pl.coalesce("near_unique_record_count", "unique_record_count")
    unused = pl.col("collected_90_days_record_count") - pl.col("used_90_days_record_count")
    cost = pl.col("data_cost_usd").cast(pl.Float64)

    def loss(records: pl.Expr) -> pl.Expr:
        return (cost * ratio(records, collected)).round(2).cast(EXACT)

    return {"duplicate_usd": loss(collected - unique), "unused_usd": loss(unused)}


def _evidence() -> pl.Expr:
    return pl.format(
        "data efficiency {} points in {} months, down in {} of them, while {} more was spent",
        (pl.col("value") * 100).round(1),
        pl.lit(MONTHS),
        pl.col("falls"),
        pl.col("spent").cast(pl.Float64).round(2),
    ).alias("evidence")
