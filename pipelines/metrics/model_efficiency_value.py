"""The mart `model_efficiency_value`: what a version's customers left more than the last one's."""

from statistics import NormalDist

import polars as pl

from pipelines.metrics.credited_exposures import SERVICE, exposures, versions_in_service
from pipelines.metrics.intervals import Z
from pipelines.metrics.mev_holdout import holdout_values
from pipelines.metrics.mev_matched import matched_values
from pipelines.metrics.mev_rollout import rollout_values
from pipelines.metrics.ratio import ratio
from pipelines.metrics.statuses import INCOMPLETE_MONTH, feed_is_loaded, status_and_reason
from pipelines.metrics.sufficiency import Minimum, too_thin, would_suffice

GRADES_IN_MONEY = ("A", "B", "C")
KEYS = ("model", "model_version", "previous_model_version", "usage_month")
TEXTS = ("evidence_grade", "effect", "would_suffice", "status", "reason")
COUNTS = ("exposed_count", "comparison_count", "needed_count")
SHARES = ("exposed_churn_share", "comparison_churn_share", "kept_customer_count")
PARTS = ("kept_usd", "converted_usd", "expanded_usd")
VALUES = ("mev_usd", "mev_usd_ci_low", "mev_usd_ci_high", "standard_error_usd", "credited_usd")


def model_efficiency_value(  # noqa: PLR0913  # each is one fact or one assumption
    versions: pl.LazyFrame,
    arms: pl.LazyFrame,
    customer_months: pl.LazyFrame,
    releases: pl.LazyFrame,
    months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    min_arm_customers: int,
    decision_power: float,
    quality_elasticity: float,
) -> pl.LazyFrame:
    """One row per version and month in service: what it left more than the version before it.

    The best evidence there is decides: A a randomised holdout, B a rollout in waves (difference in
    differences), C matched customers, D elasticity of the measured quality gain, E none. Only A to
    C enter money (`credited_usd`). Each version is measured against the one before, a customer's
    month stands with one version per model, and credit ends with the month of retirement.

    Null: the value without evidence (E), without revenue, or for a first version. Inconclusive
    where the interval holds zero; `needed_count` says how many would decide it.
    Source: the article's model efficiency value.
    """
    service = versions_in_service(versions, months)
    listed = exposures(arms, service)
    margins = _margins(customer_months)
    evidence = [
        holdout_values(listed, margins),
        rollout_values(listed, margins),
        matched_values(service, listed, customer_months),
        _by_elasticity(service, releases, customer_months, quality_elasticity),
    ]
    smallest = [
        Minimum(column="smaller_count", least=min_arm_customers, thing="customers_in_each_group")
    ]
    return (
        service.join(_best(evidence), on=SERVICE, how="left", validate="1:1")
        .join(feed_is_loaded(coverage, "revenue"), how="cross")
        .with_columns(pl.when("has_revenue").then(pl.col("mev_usd", "standard_error_usd", *PARTS)))
        .with_columns(**_figures(decision_power))
        .with_columns(*_status(smallest), would_suffice(smallest), effect=_effect())
        .select(*KEYS, *TEXTS, *COUNTS, *SHARES, *PARTS, *VALUES)
        .sort(KEYS[0], "usage_month", KEYS[1])
    )


def _margins(customer_months: pl.LazyFrame) -> pl.LazyFrame:
    margin = (pl.col("revenue_usd") - pl.col("cost_usd")).cast(pl.Float64)
    paying = customer_months.filter("is_customer")
    return paying.select("usage_month", "customer_id", margin_usd=margin)


def _by_elasticity(
    service: pl.LazyFrame,
    releases: pl.LazyFrame,
    customer_months: pl.LazyFrame,
    quality_elasticity: float,
) -> pl.LazyFrame:
    """What the measured quality gain would be worth at an assumed elasticity; no interval."""
    gains = releases.select(
        "model",
        "model_version",
        gain=ratio(pl.col("score_share"), pl.col("champion_score_share")) - 1,
    ).filter(pl.col("gain").is_not_null())
    margin = (pl.col("revenue_usd") - pl.col("cost_usd")).cast(pl.Float64).sum()
    served = (
        customer_months.filter("is_customer")
        .group_by(SERVICE)
        .agg(margin.alias("margin_usd"), pl.len().cast(pl.Int64).alias("exposed_count"))
    )
    return (
        service.select(SERVICE)
        .join(served, on=SERVICE, how="inner", validate="1:1")
        .join(gains, on=SERVICE[:2], how="inner", validate="m:1")
        .select(
            *SERVICE,
            "exposed_count",
            evidence_grade=pl.lit("D"),
            mev_usd=pl.col("margin_usd") * pl.col("gain") * quality_elasticity,
        )
    )


def _best(evidence: list[pl.LazyFrame]) -> pl.LazyFrame:
    """The best grade of each version and month: one, so that no value is counted by two methods."""
    graded = pl.concat(evidence, how="diagonal_relaxed").sort("evidence_grade")
    return graded.unique(SERVICE, keep="first", maintain_order=True)


def _figures(decision_power: float) -> dict[str, pl.Expr]:
    width = Z * pl.col("standard_error_usd")
    grade = pl.col("evidence_grade").fill_null("E")
    exposed, compared = pl.col("exposed_churn_share"), pl.col("comparison_churn_share")
    spread = exposed * (1 - exposed) + compared * (1 - compared)
    reach = (Z + NormalDist().inv_cdf(decision_power)) ** 2
    needed = ratio(reach * spread, (exposed - compared) ** 2).ceil()
    return {
        "evidence_grade": grade,
        "mev_usd_ci_low": pl.col("mev_usd") - width,
        "mev_usd_ci_high": pl.col("mev_usd") + width,
        "credited_usd": pl.when(grade.is_in(GRADES_IN_MONEY)).then("mev_usd"),
        "needed_count": pl.coalesce(needed, _needed_by_value(reach)).cast(pl.Int64, strict=False),
        "kept_customer_count": (compared - exposed) * pl.col("exposed_count"),
        "smaller_count": pl.min_horizontal("exposed_count", "comparison_count"),
    }


def _needed_by_value(reach: float) -> pl.Expr:
    """Customers per group at which this error would have shrunk enough to show this value."""
    groups = pl.min_horizontal("exposed_count", "comparison_count")
    return (groups * reach * ratio(pl.col("standard_error_usd"), pl.col("mev_usd")) ** 2).ceil()


def _holds_zero() -> pl.Expr:
    return (pl.col("mev_usd_ci_low") <= 0) & (pl.col("mev_usd_ci_high") >= 0)


def _effect() -> pl.Expr:
    """In a word: gain, loss or none_seen; null without an interval."""
    return (
        pl.when(_holds_zero())
        .then(pl.lit("none_seen"))
        .when(pl.col("mev_usd_ci_low") > 0)
        .then(pl.lit("gain"))
        .when(pl.col("mev_usd_ci_high") < 0)
        .then(pl.lit("loss"))
    )


def _status(smallest: list[Minimum]) -> list[pl.Expr]:
    is_measured = pl.col("evidence_grade").is_in(GRADES_IN_MONEY)
    return status_and_reason(
        not_computable=[
            (~pl.col("has_revenue"), "missing_feeds: revenue"),
            (pl.col("previous_model_version").is_null(), "no_version_before"),
            (pl.col("mev_usd").is_null(), "no_evidence"),
        ],
        provisional=[
            (~is_measured, "elasticity_assumed"),
            *((is_measured & is_missed, reason) for is_missed, reason in too_thin(smallest)),
            INCOMPLETE_MONTH,
        ],
        inconclusive=[(_holds_zero(), "interval_holds_zero")],
    )
