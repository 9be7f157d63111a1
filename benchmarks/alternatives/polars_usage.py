"""The log as its hours, in Polars: streamed, repeats removed, rolled up and priced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

PICOS = 10**12
TOKEN_KINDS = ("input", "cache_read", "cache_write", "output")
KEYS = (
    *("hour", "gpu_pool", "provider", "model", "model_version", "customer_id", "feature"),
    *("purpose", "status", "execution", "is_cache_hit", "is_retry", "has_reported_cost"),
)
TYPES = {
    "EffectiveCost": pl.Decimal(38, 12),
    "price_per_million": pl.Decimal(18, 6),
    "amount": pl.Decimal(18, 2),
    "rate_to_reporting": pl.Decimal(18, 10),
    "version": pl.String,
}
LABELS = {
    **dict.fromkeys(("gpu_pool", "model_version", "execution", "retry_of"), pl.String),
    "gpu_seconds": pl.Float64,
}
CACHED = pl.Struct({"cached_tokens": pl.Int64, "cache_creation_tokens": pl.Int64})
LOG = {
    **dict.fromkeys(("id", "custom_llm_provider", "model", "end_user", "status"), pl.String),
    **dict.fromkeys(("startTime", "response_cost"), pl.Float64),
    **dict.fromkeys(("prompt_tokens", "completion_tokens"), pl.Int64),
    "request_tags": pl.List(pl.String),
    "cache_hit": pl.Boolean,
    "metadata": pl.Struct(
        {
            "spend_logs_metadata": pl.Struct(LABELS),
            "usage_object": pl.Struct({"prompt_tokens_details": CACHED}),
        }
    ),
}


def table(landing: Path, feed: str) -> pl.DataFrame:
    """A small feed, typed."""
    return pl.read_csv(
        landing / feed / "*.csv",
        null_values="NULL",
        try_parse_dates=True,
        schema_overrides=TYPES,
        infer_schema_length=None,
    )


def usage_per_hour(landing: Path) -> pl.DataFrame:
    """Requests without repeats, rolled up to the hour and whom and what for."""
    log = pl.scan_ndjson(landing / "inference_logs" / "*.gz", schema=LOG)
    kept = log.select("id", **columns()).unique("id", keep="last").drop("id")
    hours = kept.group_by(KEYS).agg(pl.len().cast(pl.Int64).alias("requests"), pl.all().sum())
    return hours.collect(engine="streaming")


def columns() -> dict[str, str | pl.Expr]:
    """The flat columns of a log line."""
    labels = pl.col("metadata").struct.field("spend_logs_metadata").struct
    usage = pl.col("metadata").struct.field("usage_object").struct
    cached = usage.field("prompt_tokens_details").struct
    started = pl.from_epoch(whole(pl.col("startTime") * 1e6), "us")
    same = {"model": "model", "status": "status", "provider": "custom_llm_provider"}
    given = {name: labels.field(name) for name in ("gpu_pool", "model_version", "execution")}
    return (
        same
        | given
        | {
            "hour": started.dt.replace_time_zone("UTC").dt.truncate("1h"),
            "customer_id": pl.col("end_user").fill_null("(unattributed)"),
            "feature": pl.col("request_tags").list.get(0).str.strip_prefix("feature:"),
            "purpose": pl.col("request_tags").list.get(1).str.strip_prefix("purpose:"),
            "is_cache_hit": "cache_hit",
            "is_retry": labels.field("retry_of").is_not_null(),
            "has_reported_cost": pl.col("response_cost").is_not_null(),
            "input_tokens": "prompt_tokens",
            "cache_read_tokens": cached.field("cached_tokens"),
            "cache_write_tokens": cached.field("cache_creation_tokens"),
            "output_tokens": "completion_tokens",
            "gpu_microseconds": whole(labels.field("gpu_seconds") * 1e6),
            "reported_picos": whole(pl.col("response_cost") * PICOS),
        }
    )


def whole(number: pl.Expr) -> pl.Expr:
    """The nearest whole number."""
    return number.round().cast(pl.Int64)


def price_list(landing: Path) -> pl.DataFrame:
    """A row per model and validity, a column per kind of token, in 10^-12 dollars a token."""
    moments = pl.col("valid_from", "valid_to").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    picos = (pl.col("price_per_million") * 10**6).cast(pl.Int64)
    prices = table(landing, "model_prices").with_columns(moments)
    return prices.group_by("model", "valid_from", "valid_to").agg(
        picos.filter(token_kind=kind).max().alias(kind) for kind in TOKEN_KINDS
    )


def latest(usage: pl.DataFrame, table: pl.DataFrame, since: str) -> pl.DataFrame:
    """Usage beside what held last for its model."""
    return usage.join_asof(
        table.sort(since), left_on="hour", right_on=since, by="model", check_sortedness=False
    )


def priced(usage: pl.DataFrame, landing: Path) -> pl.DataFrame:
    """Usage with the version of its model and the API cost of its calls."""
    versions = latest(usage.sort("hour"), table(landing, "model_versions"), "promoted_at")
    rows = latest(versions, price_list(landing), "valid_from")
    is_over = {end: pl.col("hour") >= pl.col(end) for end in ("retired_at", "valid_to")}
    version = pl.when(is_over["retired_at"]).then(None).otherwise("version")
    listed = pl.when(is_over["valid_to"]).then(None).otherwise(listed_picos())
    is_on_device = (pl.col("execution") == "on_device").fill_null(value=False)
    is_free = pl.col("gpu_pool").is_not_null() | is_on_device | pl.col("is_cache_hit")
    return rows.select(
        pl.col(usage.columns).exclude("model_version", "reported_picos"),
        model_version=pl.coalesce("model_version", version, pl.lit("(unknown)")),
        api_picos=pl.when(is_free)
        .then(0)
        .when("has_reported_cost")
        .then("reported_picos")
        .otherwise(listed),
    )


def listed_picos() -> pl.Expr:
    """What the calls cost by the price list."""
    read, write = pl.col("cache_read_tokens"), pl.col("cache_write_tokens")
    return (
        (pl.col("input_tokens") - read - write) * pl.col("input")
        + read * pl.col("cache_read")
        + write * pl.col("cache_write")
        + pl.col("output_tokens") * pl.col("output")
    )
