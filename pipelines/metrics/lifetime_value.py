"""The mart `lifetime_value`: what a customer will leave, from how they stay and how they grow."""

from collections.abc import Iterator

import polars as pl

from pipelines.metrics.cell_values import ENDS, RENEWALS_FOR_A_FIT, fitted, staying, values
from pipelines.metrics.customer_scopes import (
    CELL,
    COHORT,
    CUSTOMER_SCOPES,
    QUARTILE,
    TERM,
    minimums,
)
from pipelines.metrics.intervals import Z
from pipelines.metrics.lifetime import Horizon
from pipelines.metrics.monthly_margins import monthly_margins
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.scopes import in_every_scope
from pipelines.metrics.statuses import feed_is_loaded, status_and_reason
from pipelines.metrics.sufficiency import Minimum, too_thin, would_suffice
from pipelines.metrics.survival_counts import counts_per_cell

SCOPES = {
    **CUSTOMER_SCOPES,
    "channel": pl.col("acquisition_channel"),
    "cohort_quartile": pl.format("{} {}", COHORT, QUARTILE),
}
TEXTS = ("scope_id", "scope_kind", "would_suffice", "status", "reason")
COUNTS = ("customer_count", "churned_customer_count", "observed_period_count")
FIT = ("alpha_weight", "beta_weight", "log_likelihood_value", "period_churn_share")
EARNING = (
    "margin_customer_count",
    "monthly_revenue_usd",
    "monthly_margin_usd",
    "monthly_growth_share",
    "monthly_growth_share_ci_low",
    "monthly_growth_share_ci_high",
)
WORTH = (*ENDS, "naive_ltv_usd")
MEASURED = {
    **dict.fromkeys(CELL[:2], pl.String),
    **dict.fromkeys((TERM, *COUNTS), pl.Int64),
    **dict.fromkeys((*FIT, *ENDS), pl.Float64),
}


def lifetime_value(
    lifetimes: pl.LazyFrame,
    customer_months: pl.LazyFrame,
    coverage: pl.LazyFrame,
    *,
    discount_rate: float,
    horizon_months: int,
    long_horizon_months: int,
    min_customers: int,
    min_periods: int,
) -> pl.LazyFrame:
    """One row per scope and renewal term: the discounted contribution margin of a customer's life.

    LTV = sum over months k below the horizon of S(k) x margin / (1 + d)^(k/12), S from the
    shifted-beta-geometric fit, the first payment at k = 0. The adjusted LTV lets the margin grow as
    it was measured within customers, up to the oldest month seen and no further. The naive one is
    margin per month / churn per month. Intervals by the delta method from fit, margin and growth.

    Null: values without revenue and cost of customers, or where nobody left; naive without churn.
    Source: Fader and Hardie (2007); the article's AI-adjusted LTV.
    """
    thin = minimums(min_customers, min_periods)
    paid_months = _paid_months(customer_months, lifetimes).join(
        feed_is_loaded(coverage, "revenue"), how="cross"
    )
    paid = in_every_scope(paid_months.filter("has_revenue"), SCOPES)
    margins = monthly_margins(paid, CELL).collect()
    measured = _measured(
        in_every_scope(lifetimes, SCOPES),
        margins,
        months=(horizon_months, long_horizon_months),
        discount_rate=discount_rate,
    )
    return (
        pl.LazyFrame(list(measured), schema=MEASURED)
        .join(margins.lazy(), on=CELL, how="left", validate="1:1")
        .with_columns(**_growth(), naive_ltv_usd=_naive())
        .with_columns(*_status(thin), would_suffice(thin))
        .select(*TEXTS, TERM, *COUNTS, *FIT, *EARNING, *WORTH)
        .sort("scope_kind", "scope_id", TERM)
    )


def _paid_months(customer_months: pl.LazyFrame, lifetimes: pl.LazyFrame) -> pl.LazyFrame:
    """The months of customers since they first paid, with what they left."""
    whose = lifetimes.select("customer_id", TERM, "richness_quartile_number")
    margin = (pl.col("revenue_usd") - pl.col("cost_usd")).alias("margin_usd")
    paid = customer_months.filter((pl.col("tenure_months") >= 0) & pl.col("is_customer"))
    return paid.join(whose, on="customer_id", how="inner", validate="m:1").with_columns(margin)


def _measured(
    scoped: pl.LazyFrame, margins: pl.DataFrame, *, months: tuple[int, int], discount_rate: float
) -> Iterator[dict[str, object]]:
    """Every cell with its counts, its fit and its values."""
    earned = margins.rows_by_key(CELL, named=True, unique=True)
    for cell, counts in counts_per_cell(scoped, CELL):
        horizons = [
            Horizon(months=count, discount_rate=discount_rate, renewal_months=int(str(cell[TERM])))
            for count in months
        ]
        fit = fitted(counts)
        worth = values(fit, earned.get(tuple(cell.values()), {}), horizons)
        yield {**dict.fromkeys(MEASURED), **cell, **staying(counts, fit), **worth}


def _growth() -> dict[str, pl.Expr]:
    """The measured growth as a share of the margin; without an interval there is no growth."""
    margin = positive(pl.col("monthly_margin_usd"))
    growth, width = pl.col("growth_usd"), Z * pl.col("growth_error")
    return {
        "monthly_growth_share": ratio(growth, margin),
        "monthly_growth_share_ci_low": ratio(growth - width, margin),
        "monthly_growth_share_ci_high": ratio(growth + width, margin),
    }


def _naive() -> pl.Expr:
    return ratio(
        pl.col("monthly_margin_usd") * pl.col(TERM), positive(pl.col("period_churn_share"))
    )


def _status(thin: tuple[Minimum, ...]) -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[
            (pl.col("observed_period_count") < RENEWALS_FOR_A_FIT, "fewer_than_2_periods"),
            (pl.col("churned_customer_count") == 0, "no_churn_observed"),
            (pl.col("monthly_margin_usd").is_null(), "no_margin_of_customers"),
        ],
        provisional=too_thin(thin),
    )
