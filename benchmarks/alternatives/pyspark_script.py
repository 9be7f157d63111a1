"""The floor's work as a PySpark script, for one machine.

Started as a process of its own: `spark-submit --master local[THREADS] pyspark_script.py LANDING
OUTPUT`. Money is whole 10^-12 dollars, decimal where a product may pass 64 bits.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F  # noqa: N812 - the name that everybody gives it
from pyspark_usage import picos, priced, table, usage_per_hour, whole

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "8",
}
FEEDS = (
    *("gpu_billing", "model_prices", "model_versions"),
    *("customers", "revenue", "exchange_rates"),
)
POOL_HOUR = ["gpu_pool", "hour"]
COUNTS = ("requests", "input_tokens", "output_tokens", "api_picos")


def bill_per_pool_hour(usage: DataFrame, charges: DataFrame) -> DataFrame:
    """Every hour's bill of an inference pool, and how much of it was worked for."""
    hour = F.date_trunc("hour", F.col("ChargePeriodStart").cast("timestamp"))
    capacity = F.sum(F.col("ConsumedQuantity").cast("double")) * 3_600_000_000
    bills = (
        charges.where(F.get_json_object("Tags", "$.purpose") == "inference")
        .groupBy(F.get_json_object("Tags", "$.gpu_pool").alias("gpu_pool"), hour.alias("hour"))
        .agg(
            picos("EffectiveCost").cast("decimal(19, 0)").alias("bill_picos"),
            whole(capacity).cast("decimal(18, 0)").alias("capacity"),
        )
    )
    work = F.sum("gpu_microseconds").cast("decimal(18, 0)").alias("work")
    busy = usage.where("gpu_pool is not null").groupBy(*POOL_HOUR).agg(work)
    return (
        bills.join(busy, POOL_HOUR, "left")
        .na.fill(0, ["work"])
        .withColumn("direct", F.expr("bill_picos * least(work, capacity) div capacity"))
        .selectExpr(
            *(*POOL_HOUR, "work", "cast(direct as decimal(19, 0)) as direct_picos"),
            "cast(bill_picos - direct as decimal(19, 0)) as idle_picos",
        )
    )


def share_of(kind: str) -> Column:
    """A row's part of its pool hour: the floor, and one unit more for the largest remainders."""
    product = f"{kind}_picos * cast(gpu_microseconds as decimal(18, 0))"
    share, rest = F.expr(f"{product} div work"), F.expr(f"{product} % work")
    pool_hour = Window.partitionBy(*POOL_HOUR)
    left_over = F.col(f"{kind}_picos") - F.sum(share).over(pool_hour)
    is_rounded_up = F.row_number().over(pool_hour.orderBy(rest.desc())) <= left_over
    return share + is_rounded_up.cast("bigint")


def hourly_costs(usage: DataFrame, pool_hours: DataFrame, customers: DataFrame) -> DataFrame:
    """Usage with its share of the bills and its customer's plan; hours without work besides."""
    kinds = ("direct_picos", "idle_picos")
    shares = {f"{kind}_picos": share_of(kind) for kind in ("direct", "idle")}
    on_gpu = usage.where("gpu_pool is not null").join(F.broadcast(pool_hours), POOL_HOUR, "left")
    elsewhere = usage.where("gpu_pool is null")
    plans = customers.select("customer_id", "plan", "segment")
    costs = (
        on_gpu.withColumns(shares)
        .drop("work")
        .unionByName(elsewhere, allowMissingColumns=True)
        .join(F.broadcast(plans), "customer_id", "left")
        .na.fill("(unknown)", ["plan", "segment"])
    )
    unused = pool_hours.where("work = 0").drop("work").withColumn("purpose", F.lit("production"))
    return costs.unionByName(unused, allowMissingColumns=True).na.fill(0, [*COUNTS, *kinds])


def dated_lines(lines: DataFrame, rates: DataFrame) -> DataFrame:
    """Invoice lines with the rate of the day on which their period begins."""
    rate = F.col("rate_to_reporting").cast("decimal(18, 10)")
    is_known = "lines.currency = rates.currency and rate_date <= period_start"
    known = lines.alias("lines").join(F.broadcast(rates).alias("rates"), F.expr(is_known), "left")
    latest = known.groupBy("invoice_id", "line_id").agg(F.max_by(rate, "rate_date").alias("rate"))
    return lines.join(latest, ["invoice_id", "line_id"])


def revenue_per_month(lines: DataFrame) -> DataFrame:
    """Invoice lines spread over their days to the cent, in dollars of the day they began."""
    number = "datediff(day, period_start)"
    daily = (
        lines.withColumn("rate", F.expr("if(currency = 'USD', 1, rate)").cast("decimal(18, 10)"))
        .withColumn("cents", (F.col("amount").cast("decimal(18, 2)") * 100).cast("bigint"))
        .withColumn("last_day", F.expr("if(kind = 'subscription', period_end, period_start)"))
        .withColumn("day_count", F.expr("datediff(last_day, period_start) + 1"))
        .withColumn("day", F.expr("explode(sequence(to_date(period_start), to_date(last_day)))"))
    )
    cents = F.expr(f"cents div day_count + if({number} < cents % day_count, 1, 0)")
    revenue = F.sum(cents * (F.col("rate") * 10**10).cast("bigint"))
    per_day = daily.groupBy("day", "customer_id", "kind", "currency").agg(revenue.alias("picos"))
    return per_day.groupBy(month_of("day")).agg(F.sum("picos").alias("revenue_picos"))


def month_of(column: str) -> Column:
    """The first day of a moment's month."""
    return F.trunc(column, "month").alias("month")


def billed_per_month(charges: DataFrame) -> DataFrame:
    """What the provider of models billed."""
    billed = picos("EffectiveCost").cast("bigint").alias("billed_picos")
    of_provider = charges.where("ProviderName = 'Anthropic'")
    return of_provider.groupBy(month_of("BillingPeriodStart")).agg(billed)


def margins(costs: DataFrame, billed: DataFrame, revenue: DataFrame) -> DataFrame:
    """The product's months; a provider's bill replaces the sum of its calls."""
    cost = "direct_picos + idle_picos + api_picos"
    unpaid = "('trial', 'internal', 'evaluation', 'monitoring')"
    sums = {
        "requests": "sum(requests)",
        "tokens": "sum(input_tokens + output_tokens)",
        **{f"{kind}_picos": f"sum({kind}_picos)" for kind in ("direct", "idle", "api")},
        "sold_picos": f"sum({cost}) filter (where purpose not in {unpaid})",
        "logged_picos": "sum(api_picos) filter (where provider = 'anthropic')",
    }
    named = (F.expr(each).alias(name) for name, each in sums.items())
    months = costs.groupBy(month_of("hour")).agg(*named)
    joined = months.join(billed, "month", "left").join(revenue, "month", "left")
    return joined.selectExpr(
        *("month", "requests", "tokens", "direct_picos", "idle_picos"),
        "api_picos - logged_picos + billed_picos as api_picos",
        "revenue_picos - billed_picos + logged_picos - sold_picos as margin_picos",
    ).orderBy("month")


def run_script(spark: SparkSession, landing: Path, output: Path) -> None:
    """Write `hourly_costs.parquet` and `margins.csv`."""
    charges, prices, versions, customers, revenue, rates = (
        table(spark, landing, feed) for feed in FEEDS
    )
    usage = priced(usage_per_hour(spark, landing), prices, versions).cache()
    pool_hours = bill_per_pool_hour(usage, charges).cache()
    costs = hourly_costs(usage, pool_hours, customers)
    path = str(output / "hourly_costs.parquet")
    costs.write.parquet(path)
    sold = revenue_per_month(dated_lines(revenue, rates))
    months = margins(spark.read.parquet(path), billed_per_month(charges), sold)
    with (output / "margins.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(months.columns)
        writer.writerows(months.collect())


if __name__ == "__main__":
    builder = SparkSession.builder.appName("unit economics").config(map=SETTINGS)
    run_script(builder.getOrCreate(), Path(sys.argv[1]), Path(sys.argv[2]))
