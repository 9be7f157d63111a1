"""The mart `retention`: who is still there, and whether being known by the product helps."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from pipelines.metrics.cell_values import fitted
from pipelines.metrics.customer_scopes import CELL, CUSTOMER_SCOPES, TERM, minimums
from pipelines.metrics.intervals import Z
from pipelines.metrics.personalisation import personalised_hazards, relevance_tercile
from pipelines.metrics.ratio import ratio
from pipelines.metrics.scopes import in_every_scope
from pipelines.metrics.statuses import status_and_reason
from pipelines.metrics.sufficiency import too_thin, would_suffice
from pipelines.metrics.survival_counts import SurvivalCounts, counts_per_cell

SCOPES = {**CUSTOMER_SCOPES, "relevance_tercile": pl.col("relevance_tercile")}
KEYS = ("scope_id", "scope_kind")
TEXTS = ("would_suffice", "status", "reason", "age_period_number")
CURVE: Mapping[str, type[pl.DataType]] = {
    "age_period_number": pl.Int64,
    "customer_count": pl.Int64,
    "observed_period_count": pl.Int64,
    "at_risk_count": pl.Int64,
    "lost_count": pl.Int64,
    "survival_share": pl.Float64,
    "survival_share_ci_low": pl.Float64,
    "survival_share_ci_high": pl.Float64,
    "fitted_survival_share": pl.Float64,
}
NUMBERS = (
    TERM,
    "customer_count",
    "observed_period_count",
    "at_risk_count",
    "lost_count",
    "period_retention_share",
    "survival_share",
    "survival_share_ci_low",
    "survival_share_ci_high",
    "fitted_survival_share",
)
KNOWN = (
    "personalised_customer_months",
    "personalised_hazard_ratio",
    "personalised_hazard_ratio_ci_low",
    "personalised_hazard_ratio_ci_high",
)


def retention(
    lifetimes: pl.LazyFrame,
    customer_months: pl.LazyFrame,
    *,
    projected_periods: int,
    personalised_sessions: int,
    min_customers: int,
    min_periods: int,
) -> pl.LazyFrame:
    """One row per scope, renewal term and age in renewals: the share of customers still there.

    survival = product over renewals of (1 - lost / at risk), Kaplan-Meier, so that customers who
    have not been there long enough count as far as they were seen; beside it the fit of the
    shifted-beta-geometric model, which alone goes beyond the last renewal seen (`is_projected`).
    The personalised hazard ratio is one figure per scope and stands on each of its rows.

    Null: the observed shares of projected rows; the fit where nobody left or one renewal was seen.
    Source: Fader and Hardie (2007); Kaplan and Meier (1958); the article's retention by model.
    """
    thin = minimums(min_customers, min_periods)
    known = _relevance(customer_months)
    scoped = in_every_scope(
        lifetimes.join(known, on="customer_id", how="left", validate="1:1"), SCOPES
    )
    hazards = personalised_hazards(
        _person_months(customer_months, lifetimes, known), sessions=personalised_sessions
    )
    return (
        _curves(scoped, projected_periods, min_periods)
        .join(hazards, on=["scope_kind", "scope_id"], how="left", validate="m:1")
        .with_columns(
            period_retention_share=1 - ratio(pl.col("lost_count"), pl.col("at_risk_count")),
            is_projected=pl.col("survival_share").is_null(),
        )
        .with_columns(
            *status_and_reason(
                not_computable=[],
                provisional=[*too_thin(thin), (pl.col("is_projected"), "projected")],
            ),
            would_suffice(thin),
        )
        .select(*KEYS, *TEXTS, *NUMBERS, *KNOWN, "is_projected")
        .sort("scope_kind", "scope_id", TERM, "age_period_number")
    )


def _relevance(customer_months: pl.LazyFrame) -> pl.LazyFrame:
    judged = ("accepted_outcome_count", "judged_outcome_count")
    tercile = relevance_tercile(pl.col(judged[0]), pl.col(judged[1]))
    return (
        customer_months.group_by("customer_id")
        .agg(pl.col(judged).sum())
        .sort("customer_id")
        .select("customer_id", relevance_tercile=tercile)
    )


def _person_months(
    customer_months: pl.LazyFrame, lifetimes: pl.LazyFrame, known: pl.LazyFrame
) -> pl.LazyFrame:
    quartiles = lifetimes.select("customer_id", "richness_quartile_number")
    return in_every_scope(
        customer_months.join(quartiles, on="customer_id", how="inner", validate="m:1").join(
            known, on="customer_id", how="left", validate="m:1"
        ),
        SCOPES,
    )


def _curves(scoped: pl.LazyFrame, projected_periods: int, min_periods: int) -> pl.LazyFrame:
    cells = [
        pl.DataFrame(
            list(_ages(counts, projected_periods, min_periods)), schema=dict(CURVE), orient="row"
        ).with_columns(
            pl.lit(cell[name], dtype=pl.Int64 if name == TERM else pl.String).alias(name)
            for name in CELL
        )
        for cell, counts in counts_per_cell(scoped, CELL)
    ]
    empty = pl.DataFrame(schema={**CURVE, **dict.fromkeys(CELL[:2], pl.String), TERM: pl.Int64})
    return pl.concat([empty, *cells]).lazy()


def _ages(
    counts: SurvivalCounts, projected_periods: int, min_periods: int
) -> Iterator[tuple[float | int | None, ...]]:
    """The rows of one cell: ages seen, then ages only the model speaks about."""
    survival, error = counts.kaplan_meier()
    low, high = np.clip([survival - Z * error, survival + Z * error], 0, 1)
    fit = fitted(counts)
    has_enough = fit is not None and counts.periods >= min_periods
    last = counts.periods + (projected_periods if has_enough else 0)
    by_model = fit.survival(np.arange(last + 1)).tolist() if fit else [None] * (last + 1)
    facing = [None, *counts.at_risk.tolist()]
    lost = [None, *counts.lost.tolist()]
    whole = (counts.customers, counts.periods)
    for age in range(counts.periods + 1):
        seen = (facing[age], lost[age], survival[age], low[age], high[age])
        yield (age, *whole, *seen, by_model[age])
    for age in range(counts.periods + 1, last + 1):
        yield (age, *whole, None, None, None, None, None, by_model[age])
