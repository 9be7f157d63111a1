"""The log as its hours, in PySpark: repeats removed, rolled up and priced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F  # noqa: N812 - the name that everybody gives it

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import Column, DataFrame, SparkSession

TOKEN_KINDS = ("input", "cache_read", "cache_write", "output")
KEYS = (
    *("hour", "gpu_pool", "provider", "model", "model_version", "customer_id", "feature"),
    *("purpose", "status", "execution", "is_cache_hit", "is_retry", "has_reported_cost"),
)
LABELS, CACHED = "metadata.spend_logs_metadata", "metadata.usage_object.prompt_tokens_details"
MEASURES = (
    *("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"),
    *("gpu_microseconds", "reported_picos"),
)
CHANGED = ("model_version", "reported_picos")
LOG = """
    id string, startTime double, custom_llm_provider string, model string, end_user string,
    request_tags array<string>, status string, cache_hit boolean, prompt_tokens bigint,
    completion_tokens bigint, response_cost double,
    metadata struct<
        spend_logs_metadata: struct<
            gpu_pool: string, gpu_seconds: double, model_version: string, execution: string,
            retry_of: string
        >,
        usage_object: struct<
            prompt_tokens_details: struct<cached_tokens: bigint, cache_creation_tokens: bigint>
        >
    >
"""


def table(spark: SparkSession, landing: Path, feed: str) -> DataFrame:
    """A small feed, as text."""
    folder = str(landing / feed)
    return spark.read.csv(folder, header=True, escape='"', nullValue="NULL", emptyValue=None)


def whole(number: Column) -> Column:
    """The nearest whole number."""
    return F.round(number).cast("bigint")


def picos(column: str) -> Column:
    """An amount in whole 10^-12 dollars."""
    return F.sum(F.col(column).cast("decimal(28, 12)")).cast("decimal(38, 12)") * 10**12


def usage_per_hour(spark: SparkSession, landing: Path) -> DataFrame:
    """Requests without repeats, rolled up to the hour and whom and what for."""
    log = spark.read.schema(LOG).json(str(landing / "inference_logs"))
    rows = log.select("id", F.input_file_name().alias("delivered_in"), *keys(), *measures())
    newest_first = Window.partitionBy("id").orderBy(F.desc("delivered_in"))
    kept = rows.withColumn("copy", F.row_number().over(newest_first)).where("copy = 1")
    sums = [F.sum(name).alias(name) for name in MEASURES]
    return kept.groupBy(*KEYS).agg(F.count("*").alias("requests"), *sums)


def keys() -> list[Column]:
    """What a log line is rolled up by."""
    hour = F.floor(F.round(F.col("startTime") * 1e6) / 3_600_000_000) * 3600
    return [
        *(F.col(name) for name in ("model", "status")),
        *(F.col(f"{LABELS}.{name}") for name in ("gpu_pool", "model_version", "execution")),
        F.timestamp_seconds(hour).alias("hour"),
        F.col("custom_llm_provider").alias("provider"),
        F.coalesce("end_user", F.lit("(unattributed)")).alias("customer_id"),
        F.expr("substring(request_tags[0], length('feature:') + 1)").alias("feature"),
        F.expr("substring(request_tags[1], length('purpose:') + 1)").alias("purpose"),
        F.col("cache_hit").alias("is_cache_hit"),
        F.col(f"{LABELS}.retry_of").isNotNull().alias("is_retry"),
        F.col("response_cost").isNotNull().alias("has_reported_cost"),
    ]


def measures() -> list[Column]:
    """What of a log line is summed."""
    numbers = (
        F.col("prompt_tokens"),
        F.coalesce(f"{CACHED}.cached_tokens", F.lit(0)),
        F.coalesce(f"{CACHED}.cache_creation_tokens", F.lit(0)),
        F.col("completion_tokens"),
        whole(F.coalesce(f"{LABELS}.gpu_seconds", F.lit(0)) * 1e6),
        whole(F.col("response_cost") * 1e12),
    )
    return [number.alias(name) for number, name in zip(numbers, MEASURES, strict=True)]


def price_list(prices: DataFrame) -> DataFrame:
    """A row per model and validity, a column per kind of token, in 10^-12 dollars a token."""
    price = (F.col("price_per_million").cast("decimal(18, 6)") * 10**6).cast("bigint")
    kinds = (F.max(F.when(F.col("token_kind") == kind, price)).alias(kind) for kind in TOKEN_KINDS)
    return prices.groupBy("model", "valid_from", "valid_to").agg(*kinds)


def priced(usage: DataFrame, prices: DataFrame, versions: DataFrame) -> DataFrame:
    """Usage with the version of its model and the API cost of its calls."""
    is_free = F.expr("gpu_pool is not null or execution = 'on_device' or is_cache_hit")
    listed = F.expr(
        "(input_tokens - cache_read_tokens - cache_write_tokens) * input"
        " + cache_read_tokens * cache_read + cache_write_tokens * cache_write"
        " + output_tokens * output"
    )
    reported = F.when(is_free, 0).when(F.col("has_reported_cost"), F.col("reported_picos"))
    version = F.coalesce("usage.model_version", "versions.version", F.lit("(unknown)"))
    is_version = valid("versions", "promoted_at", "retired_at")
    is_price = valid("prices", "valid_from", "valid_to")
    rows = (
        usage.alias("usage")
        .join(F.broadcast(versions).alias("versions"), is_version, "left")
        .join(F.broadcast(price_list(prices)).alias("prices"), is_price, "left")
    )
    api_picos = reported.otherwise(listed).cast("bigint").alias("api_picos")
    same = [f"usage.{name}" for name in usage.columns if name not in CHANGED]
    return rows.select(*same, version.alias("model_version"), api_picos)


def valid(what: str, start: str, end: str) -> Column:
    """True where a row of another table holds for the usage's model and hour."""
    return F.expr(
        f"usage.model = {what}.model and usage.hour >= cast({what}.{start} as timestamp)"
        f" and ({what}.{end} is null or usage.hour < cast({what}.{end} as timestamp))"
    )
