"""Which version a customer's month may be credited to: one per model, so that none counts twice."""

import polars as pl

SERVICE = ["model", "model_version", "usage_month"]


def versions_in_service(versions: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """One row per version and month it served in; credit ends with the month of its retirement."""
    ordered = versions.sort("model", "promoted_at", "model_version")
    before = pl.col("model_version").shift(1).over("model")
    served = ordered.with_columns(
        previous_model_version=pl.coalesce("parent_model_version", before),
        first_month=pl.col("promoted_at").dt.truncate("1mo").cast(pl.Date),
        last_month=pl.col("retired_at").dt.truncate("1mo").cast(pl.Date),
    )
    calendar = months.select("usage_month", "month_end_date", "is_complete")
    is_in_service = (pl.col("first_month") <= pl.col("usage_month")) & (
        pl.col("last_month").is_null() | (pl.col("usage_month") <= pl.col("last_month"))
    )
    return served.join(calendar, how="cross").filter(is_in_service)


def exposures(arms: pl.LazyFrame, service: pl.LazyFrame) -> pl.LazyFrame:
    """One row per month, model and customer: the newest experiment they are in.

    A customer's month stands in one experiment of a model only, and in no month after the version
    under test has retired: no second version can be credited with it. A customer on the roster of
    a rollout is a row before their turn has come, too (`is_exposed` false).
    """
    times = service.select(*SERVICE, "month_end_date", "promoted_at", "is_complete")
    listed = arms.join(times, on=["model", "model_version"], how="inner")
    return (
        listed.filter(
            pl.col("churned_date").is_null() | (pl.col("churned_date") >= pl.col("assigned_date"))
        )
        .with_columns(
            is_exposed=(pl.col("arm") == "treatment")
            & (pl.col("assigned_date") <= pl.col("month_end_date"))
        )
        .sort("promoted_at", "assigned_date", "experiment")
        .unique(["usage_month", "model", "customer_id"], keep="last", maintain_order=True)
    )
