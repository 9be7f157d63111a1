"""The floor's work as a Polars script: the log streams into its hours, the rest follows in memory.

Started as a process of its own: `python polars_script.py LANDING OUTPUT`; Polars reads the number
of its threads from POLARS_MAX_THREADS. Money is whole 10^-12 dollars, in 128 bits where needed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
from polars_usage import PICOS, priced, table, usage_per_hour

RATE_UNITS = 10**10
UNPAID = ("trial", "internal", "evaluation", "monitoring")
POOL_HOUR = ("gpu_pool", "hour")


def bill_per_pool_hour(usage: pl.DataFrame, charges: pl.DataFrame) -> pl.DataFrame:
    """Every hour's bill of an inference pool, and how much of it was worked for."""
    tags = pl.col("Tags").str
    bills = (
        charges.filter(tags.json_path_match("$.purpose") == "inference")
        .group_by(
            gpu_pool=tags.json_path_match("$.gpu_pool"),
            hour=pl.col("ChargePeriodStart").dt.truncate("1h"),
        )
        .agg(
            bill_picos=(pl.col("EffectiveCost").sum() * PICOS).cast(pl.Int128),
            capacity=(pl.col("ConsumedQuantity").sum() * 3_600_000_000).cast(pl.Int128),
        )
    )
    work = pl.col("gpu_microseconds").cast(pl.Int128).sum().alias("work")
    busy = usage.filter(pl.col("gpu_pool").is_not_null()).group_by(POOL_HOUR).agg(work)
    direct = pl.col("bill_picos") * pl.min_horizontal("work", "capacity") // pl.col("capacity")
    return (
        bills.join(busy, on=POOL_HOUR, how="left", validate="1:1")
        .with_columns(pl.col("work").fill_null(0))
        .with_columns(direct_picos=direct)
        .with_columns(idle_picos=pl.col("bill_picos") - pl.col("direct_picos"))
    )


def share_of(kind: str) -> pl.Expr:
    """A row's part of its pool hour: the floor, and one unit more for the largest remainders."""
    total = pl.col(f"{kind}_picos")
    product, work = total * pl.col("gpu_microseconds").cast(pl.Int128), pl.col("work")
    share = product // work
    rank = (product % work).rank("ordinal", descending=True).over(POOL_HOUR)
    is_rounded_up = rank <= total - share.sum().over(POOL_HOUR)
    return (share + is_rounded_up.cast(pl.Int128)).alias(f"{kind}_picos")


def hourly_costs(
    usage: pl.DataFrame, pool_hours: pl.DataFrame, customers: pl.DataFrame
) -> pl.DataFrame:
    """Usage with its share of the bills and its customer's plan; hours without work besides."""
    plans = customers.select("customer_id", "plan", "segment")
    costs = (
        usage.join(pool_hours, on=POOL_HOUR, how="left", validate="m:1")
        .with_columns(share_of("direct"), share_of("idle"))
        .join(plans, on="customer_id", how="left", validate="m:1")
        .with_columns(
            pl.col("direct_picos", "idle_picos").fill_null(0),
            pl.col("plan", "segment").fill_null("(unknown)"),
        )
        .drop("bill_picos", "capacity", "work")
    )
    unused = pool_hours.filter(work=0).select(
        *POOL_HOUR, "direct_picos", "idle_picos", purpose=pl.lit("production")
    )
    counts = pl.col("requests", "input_tokens", "output_tokens", "api_picos").fill_null(0)
    return pl.concat([costs, unused], how="diagonal").with_columns(counts)


def daily_lines(lines: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """A row per invoice line and day, with the rate of the day on which the line begins."""
    rate = pl.when(pl.col("currency") == "USD").then(1).otherwise("rate_to_reporting")
    is_fee = pl.col("kind") == "subscription"
    last_day = pl.when(is_fee).then("period_end").otherwise("period_start")
    dated = lines.sort("period_start").join_asof(
        rates.sort("rate_date"),
        left_on="period_start",
        right_on="rate_date",
        by="currency",
        check_sortedness=False,
    )
    return dated.select(
        *("customer_id", "kind", "currency", "period_start"),
        cents=(pl.col("amount") * 100).cast(pl.Int64),
        rate=(rate * RATE_UNITS).cast(pl.Int64),
        day=pl.date_ranges("period_start", last_day),
        days=(last_day - pl.col("period_start")).dt.total_days() + 1,
    ).explode("day")


def revenue_per_month(daily: pl.DataFrame) -> pl.DataFrame:
    """Invoice lines spread over their days to the cent, in dollars of the day they began."""
    number = (pl.col("day") - pl.col("period_start")).dt.total_days()
    is_rounded_up = number < pl.col("cents") % pl.col("days")
    cents = pl.col("cents") // pl.col("days") + is_rounded_up.cast(pl.Int64)
    revenue_picos = (cents * pl.col("rate")).sum().alias("revenue_picos")
    per_day = daily.group_by("day", "customer_id", "kind", "currency").agg(revenue_picos)
    return per_day.group_by(month_of("day")).agg(pl.col("revenue_picos").sum())


def month_of(column: str) -> pl.Expr:
    """The first day of a moment's month."""
    return pl.col(column).dt.truncate("1mo").cast(pl.Date).alias("month")


def billed_per_month(charges: pl.DataFrame) -> pl.DataFrame:
    """What the provider of models billed."""
    billed = (pl.col("EffectiveCost").sum() * PICOS).cast(pl.Int128).alias("billed_picos")
    of_provider = charges.filter(ProviderName="Anthropic")
    return of_provider.group_by(month_of("BillingPeriodStart")).agg(billed)


def margins(costs: pl.DataFrame, billed: pl.DataFrame, revenue: pl.DataFrame) -> pl.DataFrame:
    """The product's months; a provider's bill replaces the sum of its calls."""
    kinds = ("direct_picos", "idle_picos", "api_picos")
    direct, idle, api = (pl.col(kind).cast(pl.Int128) for kind in kinds)
    months = costs.group_by(month_of("hour")).agg(
        *(pl.col("requests").sum(), direct.sum(), idle.sum(), api.sum()),
        tokens=(pl.col("input_tokens") + pl.col("output_tokens")).sum(),
        sold_picos=(direct + idle + api).filter(~pl.col("purpose").is_in(UNPAID)).sum(),
        logged_picos=api.filter(provider="anthropic").sum(),
    )
    unlogged = pl.col("billed_picos") - pl.col("logged_picos")
    joined = months.join(billed, on="month", how="left").join(revenue, on="month", how="left")
    return joined.select(
        *("month", "requests", "tokens", "direct_picos", "idle_picos"),
        api_picos=pl.col("api_picos") + unlogged,
        margin_picos=pl.col("revenue_picos") - unlogged - pl.col("sold_picos"),
    ).sort("month")


def run_script(landing: Path, output: Path) -> None:
    """Write `hourly_costs.parquet` and `margins.csv`."""
    charges = table(landing, "gpu_billing")
    usage = priced(usage_per_hour(landing), landing)
    costs = hourly_costs(usage, bill_per_pool_hour(usage, charges), table(landing, "customers"))
    costs.write_parquet(output / "hourly_costs.parquet")
    daily = daily_lines(table(landing, "revenue"), table(landing, "exchange_rates"))
    months = margins(costs, billed_per_month(charges), revenue_per_month(daily))
    months.write_csv(output / "margins.csv")


if __name__ == "__main__":
    run_script(Path(sys.argv[1]), Path(sys.argv[2]))
