"""The mart `budgets`: what may be spent, what was, what will be, and when it runs over."""

import polars as pl

from pipelines.metrics.budget_forecasts import budget_forecasts
from pipelines.metrics.intervals import interval_verdict
from pipelines.metrics.ratio import positive, ratio
from pipelines.metrics.statuses import UNCONVERTED_LINES, status_and_reason

EXACT = pl.Decimal(38, 12)
KEY = ["budget_month", "component"]
ENDS = ("", "_ci_low", "_ci_high")
FORECASTS = [f"forecast_usd{end}" for end in ENDS]
TEXTS = ("overrun_basis", "verdict", "status", "reason")
MONEY = ("budget_usd", "actual_usd", *FORECASTS, "expected_usd", "difference_usd")


def budgets(
    budget_lines: pl.LazyFrame,
    costs: pl.LazyFrame,
    spend: pl.LazyFrame,
    months: pl.LazyFrame,
    *,
    forecast_months: int,
) -> pl.LazyFrame:
    """One row per budgeted month and component: budget, actual, forecast and date of overrun.

    Expected: the actual of a complete month, the forecast of one ahead, the larger of the two in
    an open one. Verdict: a complete month by its actual; before its end by the forecast's interval,
    or at once where the actual is above the budget. The overrun is the day the actual passed the
    budget, else the day it will at an even pace through the month.

    Null: the budget without exchange rate; actuals of a month ahead; the forecast with fewer than
    three complete months before. Effective cost; acquisition is marketing and sales spend.
    """
    daily = _daily(costs, spend)
    history = _history(daily, budget_lines, months)
    forecasts = budget_forecasts(budget_lines, history, window_months=forecast_months)
    return (
        budget_lines.select(*KEY, "budget_usd")
        .join(forecasts, on=KEY, how="left", validate="1:1")
        .join(_actuals(daily), on=KEY, how="left", validate="1:1")
        .join(_overruns(daily, budget_lines), on=KEY, how="left", validate="1:1")
        .join(_calendar(months), how="cross")
        .with_columns(_phase())
        .with_columns(_actual(), pl.col("unconverted_lines").fill_null(0))
        .with_columns(pl.col(FORECASTS).round(2).cast(EXACT))
        .with_columns(expected_usd=_expected())
        .with_columns(difference_usd=pl.col("expected_usd") - pl.col("budget_usd"))
        .with_columns(_verdict(), *_overrun())
        .with_columns(
            *_status(), spent_share=ratio(pl.col("actual_usd"), positive(pl.col("budget_usd")))
        )
        .select(*KEY, "overrun_date", *TEXTS, *MONEY, "history_month_count", "spent_share")
        .sort(KEY)
    )


def _daily(costs: pl.LazyFrame, spend: pl.LazyFrame) -> pl.LazyFrame:
    """One row per component and day: effective cost, and lines that could not be converted."""
    ledger = costs.select(
        "component",
        day="cost_date",
        spent_usd="effective_usd",
        unconverted_lines=pl.col("effective_usd").is_null().cast(pl.Int64),
    )
    won = spend.select(
        "unconverted_lines",
        component=pl.lit("acquisition"),
        day="spend_date",
        spent_usd="spend_usd",
    )
    both = pl.concat([ledger, won], how="diagonal").group_by("component", "day")
    return both.agg(pl.col("spent_usd").sum(), pl.col("unconverted_lines").sum()).with_columns(
        budget_month=pl.col("day").dt.month_start()
    )


def _actuals(daily: pl.LazyFrame) -> pl.LazyFrame:
    sums = daily.group_by(KEY).agg(pl.col("spent_usd", "unconverted_lines").sum())
    return sums.rename({"spent_usd": "summed_usd"})


def _history(daily: pl.LazyFrame, budget_lines: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """Every complete month of every budgeted component; without a line it cost nothing."""
    complete = months.filter(pl.col("is_complete")).select(budget_month="usage_month")
    every = budget_lines.select("component").unique().join(complete, how="cross")
    filled = every.join(_actuals(daily), on=KEY, how="left", validate="1:1")
    return filled.select(
        "component",
        usage_month="budget_month",
        spent_usd=pl.col("summed_usd").cast(pl.Float64).fill_null(0.0),
    )


def _overruns(daily: pl.LazyFrame, budget_lines: pl.LazyFrame) -> pl.LazyFrame:
    """The first day on which the month's cost so far is above the budget."""
    so_far = pl.col("spent_usd").cum_sum().over(KEY, order_by="day")
    return (
        daily.with_columns(so_far=so_far)
        .join(budget_lines.select(*KEY, "budget_usd"), on=KEY, how="inner", validate="m:1")
        .filter(pl.col("so_far") > pl.col("budget_usd"))
        .group_by(KEY)
        .agg(passed_date=pl.col("day").min())
    )


def _calendar(months: pl.LazyFrame) -> pl.LazyFrame:
    """One row: the first month of the data, the last, and the last complete one."""
    return months.select(
        first_month=pl.col("usage_month").min(),
        last_month=pl.col("usage_month").max(),
        complete_month=pl.col("usage_month").filter("is_complete").max(),
    )


def _phase() -> pl.Expr:
    month = pl.col("budget_month")
    phase = (
        pl.when(month < pl.col("first_month"))
        .then(pl.lit("before"))
        .when(month <= pl.col("complete_month"))
        .then(pl.lit("complete"))
        .when(month <= pl.col("last_month"))
        .then(pl.lit("open"))
        .otherwise(pl.lit("ahead"))
    )
    return phase.alias("phase")


def _actual() -> pl.Expr:
    has_actual = pl.col("phase").is_in(["complete", "open"])
    return pl.when(has_actual).then(pl.col("summed_usd").fill_null(0)).alias("actual_usd")


def _expected() -> pl.Expr:
    actual, forecast = pl.col("actual_usd"), pl.col("forecast_usd")
    open_end = pl.when(forecast.is_not_null()).then(pl.max_horizontal(actual, forecast))
    by_phase = pl.when(pl.col("phase") == "complete").then(actual)
    return by_phase.when(pl.col("phase") == "open").then(open_end).otherwise(forecast)


def _verdict() -> pl.Expr:
    actual, budget = pl.col("actual_usd"), pl.col("budget_usd")
    low = pl.max_horizontal("forecast_usd_ci_low", "actual_usd")
    high = pl.max_horizontal("forecast_usd_ci_high", "actual_usd")
    forecast = interval_verdict(low, high, budget, better="lower", reached=True)
    by_forecast = pl.when(pl.col("forecast_usd").is_not_null()).then(forecast)
    word = (
        pl.when(actual > budget)
        .then(pl.lit("breach"))
        .when((pl.col("phase") == "complete") & (actual <= budget))
        .then(pl.lit("pass"))
        .otherwise(by_forecast)
    )
    return word.alias("verdict")


def _overrun() -> list[pl.Expr]:
    month, has_passed = pl.col("budget_month"), pl.col("actual_usd") > pl.col("budget_usd")
    will_pass = (pl.col("phase") != "complete") & (pl.col("difference_usd") > 0)
    pace = ratio(pl.col("budget_usd"), positive(pl.col("expected_usd")))
    days = (pace * month.dt.days_in_month()).floor().cast(pl.Int64)
    expected_date = month + pl.duration(days=days)
    basis = pl.when(has_passed).then(pl.lit("actual")).when(will_pass).then(pl.lit("forecast"))
    when = pl.when(has_passed).then("passed_date").when(will_pass).then(expected_date)
    return [when.alias("overrun_date"), basis.alias("overrun_basis")]


def _status() -> list[pl.Expr]:
    is_over = pl.col("verdict") == "breach"
    return status_and_reason(
        not_computable=[
            (pl.col("budget_usd").is_null(), "unconverted_amount"),
            (pl.col("phase") == "before", "no_actuals"),
            (pl.col("expected_usd").is_null() & ~is_over.fill_null(value=False), "short_history"),
        ],
        provisional=[UNCONVERTED_LINES, (pl.col("phase") != "complete", "incomplete_month")],
    )
