"""The mart `moat`: whether customers who gave the product more data early on leave less often."""

import polars as pl

from pipelines.metrics.hazard_ratios import hazard_ratios
from pipelines.metrics.ratio import ratio
from pipelines.metrics.statuses import MISSING_FEEDS, missing_feeds, status_and_reason
from pipelines.metrics.sufficiency import Minimum, too_thin, would_suffice

QUARTILE = "richness_quartile_number"
STRATA = ["tenure_band", "plan", "segment"]
POOREST, RICHER = 1, (2, 3, 4)
TENURE_BANDS = (3, 6, 12)
TEXTS = ("finding", "would_suffice", "status", "reason")
NUMBERS = (
    "customer_count",
    "customer_months",
    "churned_customer_count",
    "monthly_churn_share",
    "comparison_months",
    "comparison_churn_share",
    "hazard_ratio",
    "hazard_ratio_ci_low",
    "hazard_ratio_ci_high",
)


def moat(
    lifetimes: pl.LazyFrame,
    customer_months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    min_customers: int,
) -> pl.LazyFrame:
    """One row per quartile of early data richness above the poorest: its churn over the poorest's.

    Richness = input tokens of a customer's first days, before the months that are compared (from
    the second after the first payment on), so that staying cannot make anyone rich. Mantel-Haenszel
    rate ratio within bands of tenure x plan x segment (size). Customers chose how much they gave:
    the finding is worded "consistent with", never as a cause.

    Null: the ratio where a side saw no churn within the strata. Source: the article's data moat.
    """
    months = _months_at_risk(lifetimes, customer_months)
    pairs = pl.concat([_against_poorest(months, quartile) for quartile in RICHER])
    customers = months.group_by(QUARTILE).agg(
        pl.col("customer_id").n_unique().cast(pl.Int64).alias("customer_count")
    )
    thin = [Minimum(column="customer_count", least=min_customers, thing="customers")]
    return (
        pl.LazyFrame({QUARTILE: RICHER}, schema={QUARTILE: pl.Int64})
        .join(hazard_ratios(pairs, [QUARTILE], STRATA), on=QUARTILE, how="left", validate="1:1")
        .join(customers, on=QUARTILE, how="left", validate="1:1")
        .join(missing_feeds(coverage, "customers", "inference_logs"), how="cross")
        .with_columns(**_figures())
        .with_columns(*_status(thin), would_suffice(thin), finding=_finding())
        .select(QUARTILE, *TEXTS, *NUMBERS)
        .sort(QUARTILE)
    )


def _months_at_risk(lifetimes: pl.LazyFrame, customer_months: pl.LazyFrame) -> pl.LazyFrame:
    rich = lifetimes.select("customer_id", QUARTILE).filter(pl.col(QUARTILE).is_not_null())
    tenure = pl.col("tenure_months")
    band = pl.sum_horizontal((tenure >= bound).cast(pl.Int64) for bound in TENURE_BANDS)
    at_risk = customer_months.filter(pl.col("is_customer") & (tenure >= 1))
    return at_risk.join(rich, on="customer_id", how="inner", validate="m:1").with_columns(
        tenure_band=band
    )


def _against_poorest(months: pl.LazyFrame, quartile: int) -> pl.LazyFrame:
    compared = months.filter(pl.col(QUARTILE).is_in([POOREST, quartile]))
    return compared.with_columns(
        pl.lit(quartile, dtype=pl.Int64).alias(QUARTILE), is_exposed=pl.col(QUARTILE) == quartile
    )


def _figures() -> dict[str, pl.Expr]:
    return {
        "customer_months": pl.col("exposed_months").fill_null(0),
        "churned_customer_count": pl.col("exposed_churned").fill_null(0),
        "comparison_months": pl.col("other_months").fill_null(0),
        "customer_count": pl.col("customer_count").fill_null(0),
        "monthly_churn_share": ratio(pl.col("exposed_churned"), pl.col("exposed_months")),
        "comparison_churn_share": ratio(pl.col("other_churned"), pl.col("other_months")),
    }


def _is_open() -> pl.Expr:
    return (pl.col("hazard_ratio_ci_low") <= 1) & (pl.col("hazard_ratio_ci_high") >= 1)


def _finding() -> pl.Expr:
    less, more = "customers rich in data leaving less", "customers rich in data leaving more"
    return (
        pl.when(_is_open())
        .then(pl.lit("consistent with no difference"))
        .when(pl.col("hazard_ratio") < 1)
        .then(pl.lit(f"consistent with {less}"))
        .when(pl.col("hazard_ratio") > 1)
        .then(pl.lit(f"consistent with {more}"))
    )


def _status(thin: list[Minimum]) -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            MISSING_FEEDS,
            (pl.col("hazard_ratio").is_null(), "no_churn_on_both_sides"),
        ],
        provisional=too_thin(thin),
        inconclusive=[(_is_open(), "interval_holds_one")],
    )
