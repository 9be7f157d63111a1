"""The sources of the scorecard, each brought to one row per month."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

from pipelines.metrics.measures import LEDGER_CATEGORIES

Monthly = Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]

VERDICTS = {"justified": "pass", "not_justified": "breach", "inconclusive": "inconclusive"}


def _product(rows: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """The whole product's row of each month."""
    del months
    return rows.filter(pl.col("scope_kind") == "product")


def _all_models(rows: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """All models' row of each month."""
    del months
    return rows.filter(pl.col("model") == "(all)")


def _newest_release(rows: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """The newest release by the end of each month that replaced a version, of whichever model."""
    is_release = (
        pl.col("previous_model_version").is_not_null() & pl.col("promoted_date").is_not_null()
    )
    releases = rows.filter(is_release).sort("promoted_date", "model", "model_version")
    calendar = months.select("usage_month", "month_end_date").sort("month_end_date")
    return calendar.join_asof(releases, left_on="month_end_date", right_on="promoted_date")


def _newest_return(rows: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """The newest release, its improvement in percent and its compute in thousands."""
    return _newest_release(rows, months).with_columns(
        improvement_percent=100 * pl.col("improvement_share"),
        compute_thousand_usd=pl.col("compute_usd").cast(pl.Float64) / 1000,
    )


def _newest_retrain(rows: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """The newest retrain, its verdict in the words of a goal."""
    verdict = pl.col("verdict").replace_strict(VERDICTS, default=None, return_dtype=pl.String)
    return _newest_release(rows, months).with_columns(verdict)


def _category_costs(costs: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """Effective cost per month, one column per category; null where the month has none of it.

    A line without exchange rate has no effective cost: the month is short of it, and says so.
    """
    del months
    is_known = pl.col("effective_usd").is_not_null()
    sums = {
        name: _sum_or_null("effective_usd", is_known & (pl.col("cost_category") == category))
        for category, name in LEDGER_CATEGORIES.items()
    }
    return costs.group_by(pl.col("cost_month").alias("usage_month")).agg(
        **sums, unconverted_lines=(~is_known).sum().cast(pl.Int64)
    )


def _period_form(rows: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """The product's unit profit of each month, in the form that keeps to the month."""
    return _product(rows, months).filter(pl.col("form") == "period")


def _cohorts(rows: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """What the customers of each month cost, over all channels."""
    return _product(rows, months).rename({"cohort_month": "usage_month"})


def _sum_or_null(name: str, chosen: pl.Expr) -> pl.Expr:
    return pl.when(chosen.any()).then(pl.col(name).filter(chosen).sum())


MONTHLY: Mapping[str, Monthly] = MappingProxyType(
    {
        "inference_margin": _product,
        "compute_efficiency": _all_models,
        "fct_costs": _category_costs,
        "learning_cost_ratio": _newest_release,
        "intelligence_roi": _newest_return,
        "model_decay_rate": _product,
        "data_efficiency_score": _product,
        "retrain_verdicts": _newest_retrain,
        "ai_unit_profit": _period_form,
        "acquisition_cost": _cohorts,
    }
)


def by_month(
    sources: Mapping[str, pl.LazyFrame], months: pl.LazyFrame
) -> Mapping[str, pl.LazyFrame]:
    """Every source with one row per month. Errors: KeyError for a source nobody brings there."""
    return {name: MONTHLY[name](rows, months) for name, rows in sources.items()}
