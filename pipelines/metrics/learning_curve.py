"""The mart `learning_curve`: what more users and more dollars of training do to accuracy."""

import polars as pl

from pipelines.metrics.intervals import needed_count
from pipelines.metrics.learning_fit import fits_of_lists
from pipelines.metrics.learning_steps import CURVE, DRIVERS, POINTS, curves_of
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import MISSING_FEEDS, missing_feeds, status_and_reason
from pipelines.metrics.sufficiency import Minimum, too_thin, would_suffice

FEEDS = ("model_versions", "model_evaluations")
ENDS = ("", "_ci_low", "_ci_high")
VERSIONS = ("first_model_version", "last_model_version")
TEXTS = ("controlled_for", "would_suffice", "status", "reason")
COUNTS = ("version_count", "needed_version_count", "item_count")
SEEN = (
    *(f"{end}_{what}" for what in ("driver_quantity", "score_share") for end in ("first", "last")),
    "gain_points",
    "doubling_count",
    "doubling_gain_points",
    *(driver.gain_column for driver in DRIVERS),
)
FITTED = tuple(
    f"{name}{end}"
    for name in ("error_exponent_ratio", "log_odds_per_doubling_ratio", "next_doubling_points")
    for end in ENDS
)
MONEY = (
    "point_value_usd",
    "next_doubling_cost_usd",
    *(f"next_doubling_value_usd{end}" for end in ENDS),
    *(f"learning_curve_roi_ratio{end}" for end in ENDS),
    "payback_months",
)


def learning_curve(
    steps: pl.LazyFrame,
    retrains: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    min_versions: int,
    max_variance_inflation: float,
    horizon_months: float,
    decision_power: float,
) -> pl.LazyFrame:
    """One row per model and driver (users, dollars trained): accuracy gained per doubling of it.

    Power law of the error: ln(1 - score) = a - b ln(driver); and the log-odds per doubling; both by
    weighted least squares over the versions, the other driver held where all of them tell it. Next
    doubling = (1 - newest score) x (1 - 2^-b) points. Learning Curve ROI = points x value of a
    point and month x `horizon_months` / cost of the doubling; payback in months like CAC's.

    Below `min_versions` the curve is described and nothing is forecast. Where users and spend grow
    together the row is `not_separable`: both exponents hold, and neither earns a return.
    Source: the article's learning lever; power laws of learning as in Hestness et al. (2017).
    """
    enough = (Minimum(column="version_count", least=min_versions, thing="versions"),)
    return (
        curves_of(steps)
        .join(_point_values(retrains), on="model", how="left", validate="m:1")
        .join(missing_feeds(coverage, *FEEDS), how="cross")
        .join(_driver_feeds(coverage), on="driver", how="left", validate="m:1")
        .with_columns(fit=fits_of_lists(min_versions))
        .with_columns(**_described(), **_exponents(), controlled_for=_controlled_for())
        .with_columns(is_separable=_inflation().fill_null(1.0) <= max_variance_inflation)
        .with_columns(is_forecast=~enough[0].is_missed)
        .with_columns(**_next_doubling())
        .with_columns(**_returns(horizon_months))
        .with_columns(*_status(enough), would_suffice(enough), _needed(decision_power))
        .select(*CURVE, *VERSIONS, *TEXTS, *COUNTS, *SEEN, *FITTED, *MONEY)
        .sort("model", "driver")
    )


def _point_values(retrains: pl.LazyFrame) -> pl.LazyFrame:
    """Of each model what a point and month is worth in its newest version that earns."""
    earning = retrains.filter(pl.col("monthly_value_usd").is_not_null())
    newest = pl.col("monthly_value_usd").sort_by("promoted_date", "model_version").last()
    return earning.group_by("model").agg(point_value_usd=newest)


def _driver_feeds(coverage: pl.LazyFrame) -> pl.LazyFrame:
    return pl.concat(
        missing_feeds(coverage, driver.feed).select(
            pl.lit(driver.name).alias("driver"), pl.col("missing_feeds").alias("missing_driver")
        )
        for driver in DRIVERS
    )


def _inflation() -> pl.Expr:
    return pl.col("fit").struct.field("variance_inflation")


def _controlled_for() -> pl.Expr:
    other = pl.when(pl.col("driver") == "users").then(pl.lit("training_usd"))
    return pl.when(pl.col("fit").struct.field("is_joint")).then(other.otherwise(pl.lit("users")))


def _described() -> dict[str, pl.Expr]:
    """The newest version against the first; nothing is fitted."""
    gain = pl.col("gain_points")
    growth = pl.col("last_driver_quantity") - pl.col("first_driver_quantity")
    quoted = {
        driver.gain_column: pl.when(pl.col("driver") == driver.name).then(
            driver.unit * ratio(gain, growth)
        )
        for driver in DRIVERS
    }
    return {"doubling_gain_points": ratio(gain, pl.col("doubling_count")), **quoted}


def _exponents() -> dict[str, pl.Expr]:
    columns = {}
    names = {"exponent": "error_exponent_ratio", "log_odds": "log_odds_per_doubling_ratio"}
    for part, name in names.items():
        slope, width = (pl.col("fit").struct.field(field) for field in (part, f"{part}_width"))
        for end, value in zip(ENDS, (slope, slope - width, slope + width), strict=True):
            columns[f"{name}{end}"] = value
    return columns


def _next_doubling() -> dict[str, pl.Expr]:
    error, worst = POINTS * (1 - pl.col("last_score_share")), -POINTS * pl.col("last_score_share")
    # a power law knows no floor, a score does: it cannot fall below 0
    gained = {end: error * (1 - 2.0 ** -pl.col(f"error_exponent_ratio{end}")) for end in ENDS}
    points = {
        f"next_doubling_points{end}": pl.when("is_forecast").then(amount.clip(lower_bound=worst))
        for end, amount in gained.items()
    }
    per_doubling = ratio(pl.col("spent_usd"), positive(pl.col("doubling_count")))
    is_users = pl.col("driver") == "users"
    cost = pl.when(is_users).then(per_doubling).otherwise(pl.col("last_cost_usd"))
    is_priced = pl.col("is_forecast") & pl.col("is_separable")
    return {**points, "next_doubling_cost_usd": pl.when(is_priced).then(positive(cost))}


def _returns(horizon_months: float) -> dict[str, pl.Expr]:
    cost, value = pl.col("next_doubling_cost_usd"), pl.col("point_value_usd")
    monthly = {
        end: pl.when("is_separable").then(pl.col(f"next_doubling_points{end}") * value)
        for end in ENDS
    }
    worth = {end: amount * horizon_months for end, amount in monthly.items()}
    return {
        **{f"next_doubling_value_usd{end}": amount for end, amount in worth.items()},
        **{f"learning_curve_roi_ratio{end}": ratio(worth[end], cost) for end in ENDS},
        "payback_months": ratio(cost, positive(monthly[""])),
    }


def _holds_zero() -> pl.Expr:
    low, high = (pl.col(f"error_exponent_ratio{end}") for end in ENDS[1:])
    return (low <= 0) & (high >= 0)


def _status(enough: tuple[Minimum, ...]) -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            (pl.col("missing_driver").is_not_null(), pl.col("missing_driver")),
            (pl.col("version_count") == 0, "no_scored_version"),
            (pl.col("version_count") == 1, "single_version"),
            (pl.col("error_exponent_ratio").is_null(), "driver_did_not_grow"),
        ],
        provisional=[
            *too_thin(enough),
            (pl.col("unpriced_run_count") > 0, "unpriced_runs"),
            (pl.col("point_value_usd").is_null(), "no_point_value"),
        ],
        inconclusive=[
            (~pl.col("is_separable"), "not_separable"),
            (_holds_zero(), "interval_holds_zero"),
        ],
    )


def _needed(power: float) -> pl.Expr:
    error, slope = pl.col("fit").struct.field("exponent_error"), pl.col("error_exponent_ratio")
    count = pl.col("version_count")
    needed = pl.max_horizontal(needed_count(count, error, slope, power=power), count + 1)
    is_open = _holds_zero() & pl.col("is_forecast")
    return pl.when(is_open).then(needed).alias("needed_version_count")
