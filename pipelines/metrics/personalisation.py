"""Whether churn drops once a product knows its customer, by how well its answers are received."""

import polars as pl

from pipelines.metrics.hazard_ratios import hazard_ratios
from pipelines.metrics.ratio import ratio

CELL = ["scope_kind", "scope_id"]


def personalised_hazards(person_months: pl.LazyFrame, *, sessions: int) -> pl.LazyFrame:
    """One row per scope: the churn hazard after `sessions` sessions over the hazard before.

    A customer's month counts as personalised when they had reached that many sessions by the end
    of the month before: the exposure changes with time, so no customer owes their later sessions
    to having stayed (no immortal time). The ratio is taken within months of tenure.

    `person_months`: scope_kind, scope_id, customer_id, usage_month, tenure_months, session_count,
    has_churned. Null where either side saw no churn.
    """
    earlier = (
        pl.col("session_count")
        .cum_sum()
        .shift(1)
        .over(*CELL, "customer_id", order_by="usage_month")
    )
    exposed = person_months.with_columns(is_exposed=earlier.fill_null(0) >= sessions)
    paying = exposed.filter(pl.col("tenure_months") >= 0)
    return hazard_ratios(paying, CELL, ["tenure_months"]).select(
        *CELL,
        personalised_customer_months="exposed_months",
        personalised_hazard_ratio="hazard_ratio",
        personalised_hazard_ratio_ci_low="hazard_ratio_ci_low",
        personalised_hazard_ratio_ci_high="hazard_ratio_ci_high",
    )


def relevance_tercile(accepted: pl.Expr, judged: pl.Expr) -> pl.Expr:
    """The third of the customers by the share of their judged outcomes that were accepted."""
    share = ratio(accepted, judged)
    thirds = (share.rank("ordinal") - 1) * 3 // share.count() + 1
    return pl.when(share.is_not_null()).then(thirds.cast(pl.String))
