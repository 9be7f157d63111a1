"""After staging: whether every raw row came through and every request can be priced."""

from collections.abc import Mapping

from pipelines.quality.checks import Check, FeedLike, share_assumption
from pipelines.quality.price_checks import PRICES_DO_NOT_OVERLAP
from pipelines.quality.rules import NoRows, ShareAtMost, fill

ROWS_LOST = """
    with row_counts as (
        select
            (select count(*) from raw.{feed}) as raw_rows,
            (select count(*) from {batch}) as staged_rows
    )
    select * from row_counts
    where raw_rows <> staged_rows
"""
CACHED_WITHOUT_INPUT = """
    select model, count(*) as requests
    from {batch}
    where input_tokens is null and (cache_read_tokens > 0 or cache_write_tokens > 0)
    group by model
"""
# A stored answer and a model on the user's device cost nothing, so they need no price.
IS_WITHOUT_PRICE = (
    "reported_amount is null and gpu_pool is null"
    " and not is_response_cache_hit and execution = 'cloud'"
    " and model not in (select model from staging.stg_model_prices)"
)
# Conditions of `where` are asked while reading, so that few requests are compared with the prices.
REQUESTS_WITHOUT_PRICE = "(select count(*) from {batch} where {condition})"
REQUESTS_BY_MODEL = "select model, count(*) as requests from {batch} where {condition} group by all"

CACHED_TOKENS_ARE_PART_OF_INPUT = Check(
    name="cached_tokens_are_part_of_input",
    description="a request that reports cached tokens also reports its input tokens",
    schema="staging",
    table="stg_inference_logs",
    column="input_tokens",
    severity="warning",
    rule=NoRows(CACHED_WITHOUT_INPUT),
    key=("model",),
    remedy="deliver input_tokens, cached ones included; without them the cost is too low",
)


def checks(feeds: Mapping[str, FeedLike], assumptions: Mapping[str, object]) -> tuple[Check, ...]:
    """The checks on `staging`. Errors: UsageError for a missing assumption."""
    return (
        *(_no_row_is_lost(name) for name in feeds),
        *(_request_checks(feeds, assumptions) if "inference_logs" in feeds else []),
        *([PRICES_DO_NOT_OVERLAP] if "model_prices" in feeds else []),
    )


def _no_row_is_lost(feed: str) -> Check:
    return Check(
        name=f"stg_{feed}_has_every_row",
        description=f"stg_{feed} has as many rows as raw.{feed}",
        schema="staging",
        table=f"stg_{feed}",
        also_reads=(f"raw.{feed}",),
        severity="critical",
        rule=NoRows(fill(ROWS_LOST, feed=feed)),
        remedy=f"staging neither drops nor doubles rows: look for a join or filter in stg_{feed}",
    )


def _request_checks(
    feeds: Mapping[str, FeedLike], assumptions: Mapping[str, object]
) -> tuple[Check, ...]:
    return (
        CACHED_TOKENS_ARE_PART_OF_INPUT,
        *([_models_have_a_price(assumptions)] if "model_prices" in feeds else []),
    )


def _models_have_a_price(assumptions: Mapping[str, object]) -> Check:
    return Check(
        name="models_of_requests_have_a_price",
        description="requests have a reported cost, a GPU pool or a model in the price book",
        schema="staging",
        table="stg_inference_logs",
        column="model",
        also_reads=("staging.stg_model_prices",),
        severity="warning",
        rule=ShareAtMost(
            part=fill(REQUESTS_WITHOUT_PRICE, condition=IS_WITHOUT_PRICE),
            whole="count(*)",
            maximum=share_assumption(assumptions, "max_unpriced_share"),
            culprits=fill(REQUESTS_BY_MODEL, condition=IS_WITHOUT_PRICE),
        ),
        key=("model",),
        remedy="deliver prices into landing/model_prices/, or raise max_unpriced_share",
    )
