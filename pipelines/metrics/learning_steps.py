"""The steps of a model's learning, once over its users and once over what was spent."""

from dataclasses import dataclass

import polars as pl

from pipelines.metrics.ratio import positive, ratio

POINTS = 100
CURVE = ("model", "driver", "benchmark", "metric")


@dataclass(frozen=True, kw_only=True)
class Driver:
    """What may drive learning: its column, the feed that tells it, and how its gain is quoted."""

    name: str
    column: str
    other: str
    feed: str
    gain_column: str
    unit: int


USERS, SPEND = "active_user_count", "cumulative_learning_cost_usd"
DRIVERS = (
    Driver(
        name="users",
        column=USERS,
        other=SPEND,
        feed="inference_logs",
        gain_column="gain_per_100k_users_points",
        unit=100_000,
    ),
    Driver(
        name="training_usd",
        column=SPEND,
        other=USERS,
        feed="training_runs",
        gain_column="gain_per_thousand_usd_points",
        unit=1_000,
    ),
)


def curves_of(steps: pl.LazyFrame) -> pl.LazyFrame:
    """One row per model and driver: its steps as lists, in the order of promotion, and their ends.

    A step counts where it is scored and its driver is known and above zero.
    """
    return pl.concat([_curve(steps, driver) for driver in DRIVERS]).with_columns(**_ends())


def _curve(steps: pl.LazyFrame, driver: Driver) -> pl.LazyFrame:
    amounts = {"x": driver.column, "other": driver.other, "cost": SPEND}
    is_known = pl.col("score_share").is_not_null() & (pl.col("x") > 0)
    known = steps.with_columns(
        **{name: pl.col(column).cast(pl.Float64) for name, column in amounts.items()}
    ).with_columns(positive(pl.col("other")).alias("other"))
    return (
        known.sort("model", "promoted_at", "model_version")
        .group_by("model", maintain_order=True)
        .agg(**_lists(is_known))
        .with_columns(driver=pl.lit(driver.name), driver_feed=pl.lit(driver.feed))
    )


def _lists(is_known: pl.Expr) -> dict[str, pl.Expr]:
    columns = {"drivers": "x", "others": "other", "costs": "cost", "scores": "score_share"}
    return {
        **{name: pl.col(column).filter(is_known) for name, column in columns.items()},
        "items": pl.col("item_count").cast(pl.Float64).filter(is_known),
        "versions": pl.col("model_version").filter(is_known),
        "benchmark": pl.col("benchmark").drop_nulls().first(),
        "metric": pl.col("metric").drop_nulls().first(),
        "unpriced_run_count": pl.col("unpriced_run_count").max(),
    }


def _ends() -> dict[str, pl.Expr]:
    """What lies between the first step and the newest."""
    first = {name: pl.col(name).list.first() for name in ("drivers", "scores", "costs", "versions")}
    last = {name: pl.col(name).list.last() for name in first}
    doublings = ratio(last["drivers"], first["drivers"]).log(2)
    return {
        "first_model_version": first["versions"],
        "last_model_version": last["versions"],
        "version_count": pl.col("versions").list.len().cast(pl.Int64),
        "item_count": pl.col("items").list.sum().cast(pl.Int64),
        "first_driver_quantity": first["drivers"],
        "last_driver_quantity": last["drivers"],
        "first_score_share": first["scores"],
        "last_score_share": last["scores"],
        "doubling_count": doublings,
        "gain_points": POINTS * (last["scores"] - first["scores"]),
        "spent_usd": last["costs"] - first["costs"],
        "last_cost_usd": last["costs"],
    }
