"""What a customer leaves per month and how fast that grows, by customer, in every scope."""

from collections.abc import Sequence

import polars as pl

from pipelines.metrics.ratio import ratio


def monthly_margins(paid_months: pl.LazyFrame, cell: Sequence[str]) -> pl.LazyFrame:
    """One row per cell: revenue and margin per customer-month, and the margin's monthly growth.

    Margin = revenue - fully loaded inference. Growth = slope of a customer's margin over their own
    months (within customers, so that leavers do not make the rest look richer), linear, in dollars
    a month; standard errors are between customers (each customer one observation).

    `paid_months`: the cell, customer_id, tenure_months, revenue_usd, margin_usd.
    Null: growth where no customer has been seen for two months.
    """
    customer = [*cell, "customer_id"]
    months, margin = pl.col("tenure_months"), pl.col("margin_usd")
    per_customer = paid_months.group_by(customer).agg(
        month_count=pl.len().cast(pl.Float64),
        revenue=pl.col("revenue_usd").sum(),
        margin=margin.sum(),
        tenure=months.sum().cast(pl.Float64),
        spread=((months - months.mean()) ** 2).sum(),
        slope=((months - months.mean()) * margin.cast(pl.Float64)).sum(),
        last_age=months.max(),
    )
    sums = per_customer.group_by(cell).agg(**_sums())
    measured = per_customer.join(sums, on=cell, how="left", validate="m:1", suffix="_all")
    errors = measured.group_by(cell).agg(**_errors())
    return sums.join(errors, on=cell, how="left", validate="1:1").select(*cell, **_columns())


def _sums() -> dict[str, pl.Expr]:
    names = ("month_count", "revenue", "margin", "tenure", "spread", "slope")
    return {
        **{name: pl.col(name).cast(pl.Float64).sum() for name in names},
        "last_age": pl.col("last_age").max(),
        "margin_customer_count": pl.len().cast(pl.Int64),
    }


def _errors() -> dict[str, pl.Expr]:
    """Squared residual sums of the two ratios of sums, customer by customer."""
    mean = ratio(pl.col("margin_all"), pl.col("month_count_all"))
    growth = ratio(pl.col("slope_all"), pl.col("spread_all"))
    from_mean = pl.col("margin").cast(pl.Float64) - mean * pl.col("month_count")
    from_slope = pl.col("slope").cast(pl.Float64) - growth * pl.col("spread")
    return {
        "margin_residual": (from_mean**2).sum(),
        "slope_residual": (from_slope**2).sum(),
    }


def _columns() -> dict[str, pl.Expr]:
    customers, months = pl.col("margin_customer_count"), pl.col("month_count")
    # one customer shows no difference between customers
    few = ratio(customers, customers - 1).sqrt()
    return {
        "margin_customer_count": customers,
        "last_age": pl.col("last_age"),
        "mean_tenure": ratio(pl.col("tenure"), months),
        "monthly_revenue_usd": ratio(pl.col("revenue"), months),
        "monthly_margin_usd": ratio(pl.col("margin"), months),
        "margin_error": ratio(pl.col("margin_residual").sqrt(), months) * few,
        "growth_usd": ratio(pl.col("slope"), pl.col("spread")),
        "growth_error": ratio(pl.col("slope_residual").sqrt(), pl.col("spread")) * few,
    }
