"""The months of a bridge side by side: what served whom at which rate, then and now."""

from types import MappingProxyType

import polars as pl

from pipelines.metrics.ratio import ratio

FIXED = ("idle", "other_compute", "data", "maintenance", "acquisition")
RATES = ("tokens_per_request", "gross_rate", "cache_relief")
MODEL = ["usage_month", "model"]
AMOUNTS = MappingProxyType(
    {
        "revenue": "revenue_usd",
        "compute": "compute_cost_usd",
        "data": "data_acquisition_cost_usd",
        "maintenance": "maintenance_cost_usd",
        "acquisition": "acquisition_spend_usd",
    }
)


def model_states(usage: pl.LazyFrame) -> pl.LazyFrame:
    """One row per month and model: share of requests, tokens per request, rate, cache relief.

    busy cost = requests x tokens per request x gross rate x (1 - cache relief); the gross rate is
    what a token would have cost without the cache. Where a model logs no token, a request is its
    token. Monitoring is maintenance and not here.
    """
    served = usage.filter(~pl.col("is_unallocated") & (pl.col("purpose") != "monitoring"))
    busy, saving = (
        (pl.col("direct_usd") + pl.col("api_usd")).sum(),
        pl.col("cache_saving_usd").sum(),
    )
    tokens = (pl.col("input_tokens") + pl.col("output_tokens")).sum()
    requests = pl.col("inference_requests").sum()
    sums = served.group_by(MODEL).agg(
        requests=requests.cast(pl.Float64),
        tokens=pl.when(tokens > 0).then(tokens).otherwise(requests).cast(pl.Float64),
        gross=(busy + saving).cast(pl.Float64),
        saving=saving.cast(pl.Float64),
    )
    return sums.filter(pl.col("requests") > 0).select(
        *MODEL,
        request_share=ratio(pl.col("requests"), pl.col("requests").sum().over("usage_month")),
        tokens_per_request=ratio(pl.col("tokens"), pl.col("requests")),
        gross_rate=ratio(pl.col("gross"), pl.col("tokens")),
        cache_relief=ratio(pl.col("saving"), pl.col("gross")).fill_null(0.0),
        busy_usd=pl.col("gross") - pl.col("saving"),
        requests="requests",
    )


def month_states(units: pl.LazyFrame, usage: pl.LazyFrame, states: pl.LazyFrame) -> pl.LazyFrame:
    """One row per month of the product: users, requests, revenue, and costs beyond busy compute."""
    busy = states.group_by("usage_month").agg(
        pl.col("requests").sum(), busy_usd=pl.col("busy_usd").sum()
    )
    shown = usage.filter(pl.col("purpose") != "monitoring")
    idle = shown.group_by("usage_month").agg(idle=pl.col("idle_usd").sum().cast(pl.Float64))
    product = units.filter(pl.col("scope_kind") == "product").select(
        "usage_month",
        "unpriced_requests",
        "unconverted_lines",
        users=pl.col("active_user_count").cast(pl.Float64),
        **{
            name: pl.col(column).cast(pl.Float64).fill_null(0.0) for name, column in AMOUNTS.items()
        },
    )
    joined = product.join(busy, on="usage_month", how="left", validate="1:1").join(
        idle, on="usage_month", how="left", validate="1:1"
    )
    return joined.with_columns(pl.col("requests", "busy_usd", "idle").fill_null(0.0)).with_columns(
        other_compute=pl.col("compute") - pl.col("busy_usd") - pl.col("idle"),
        price=ratio(pl.col("revenue"), pl.col("requests")),
    )


def model_pairs(states: pl.LazyFrame) -> pl.LazyFrame:
    """One row per month and model of it or of the month before, with both months' figures.

    A model that is new had no rate before: it enters with its present one, so that its arrival is
    mix and nothing else; one that is gone leaves with its last.
    """
    columns = ("request_share", *RATES)
    before = states.select(
        pl.col("usage_month").dt.offset_by("1mo"),
        "model",
        **{f"last_{name}": pl.col(name) for name in columns},
    )
    pairs = states.join(before, on=MODEL, how="full", coalesce=True, validate="1:1")
    return pairs.with_columns(
        pl.col("request_share", "last_request_share").fill_null(0.0),
        *(pl.coalesce(name, f"last_{name}").alias(name) for name in RATES),
        *(pl.coalesce(f"last_{name}", name).alias(f"last_{name}") for name in RATES),
    )
