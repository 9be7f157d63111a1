"""Usage, revenue and cost summed over the scopes a margin is asked for."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

SCOPES: Mapping[str, pl.Expr] = MappingProxyType(
    {
        "product": pl.lit("all"),
        "customer": pl.col("customer_id"),
        "segment": pl.col("segment"),
        "feature": pl.col("feature"),
        "model": pl.col("model"),
    }
)
REVENUES = ("revenue_usd", "token_weighted_revenue_usd")
PARTS = ("direct_usd", "idle_usd", "failed_usd", "retried_usd")
OTHER_PURPOSES = ("trial", "internal", "evaluation", "monitoring")
OTHER_COSTS = tuple(f"{purpose}_cost_usd" for purpose in OTHER_PURPOSES)
COSTS = (*PARTS, "cost_usd", *OTHER_COSTS, "fully_loaded_cost_usd")
COUNTS = ("billable_requests", "unpriced_requests")


def disjoint_losses() -> dict[str, pl.Expr]:
    """Failed and retried cost without its idle share, so that no dollar is both idle and failed.

    Idle capacity is idle whoever was charged with it; the facts' `failed_usd` and `retried_usd`
    hold the idle share that the idle policy gave them, these two do not depend on the policy.
    """
    return {
        f"{loss}_usd": pl.col(f"{loss}_usd") - pl.col(f"{loss}_idle_usd")
        for loss in ("failed", "retried")
    }


def usage_by_scope(usage: pl.LazyFrame) -> pl.LazyFrame:
    """One row per month and member of each scope: revenue, counts, and cost by what it is for.

    `cost_usd` is cost of revenue and the sum of its four parts; with the costs of trial, internal,
    evaluation and monitoring use it makes up `fully_loaded_cost_usd`. The members of a scope add
    up to the product: what belongs to nobody is the member '(unallocated)', a missing name
    '(unknown)'.
    """
    return pl.concat([_summed(usage, kind, scope) for kind, scope in SCOPES.items()])


def _summed(usage: pl.LazyFrame, kind: str, scope: pl.Expr) -> pl.LazyFrame:
    is_shared = pl.col("is_unallocated") & pl.lit(kind != "product")
    member = (
        pl.when(is_shared)
        .then(pl.lit("(unallocated)"))
        .otherwise(pl.coalesce(scope, pl.lit("(unknown)")))
    )
    return (
        usage.group_by(member.alias("scope_id"), "usage_month")
        .agg(**_cost_of_revenue(), **_other_costs(), **_plain_sums())
        .with_columns(cost_usd=pl.sum_horizontal(PARTS), scope_kind=pl.lit(kind))
        .with_columns(fully_loaded_cost_usd=pl.sum_horizontal("cost_usd", *OTHER_COSTS))
    )


def _purpose() -> pl.Expr:
    """The purpose of allocated use; idle capacity nobody used has none, whatever its row says."""
    return pl.when(~pl.col("is_unallocated")).then(pl.col("purpose"))


def _cost_of_revenue() -> dict[str, pl.Expr]:
    """Everything no other purpose claims, so that every cost lands in exactly one column."""
    losses = disjoint_losses()
    served = pl.col("direct_usd") + pl.col("api_usd")
    amounts = {
        "direct_usd": served - losses["failed_usd"] - losses["retried_usd"],
        "idle_usd": pl.col("idle_usd"),
        **losses,
        "unpriced_requests": pl.col("unpriced_requests"),
    }
    is_of_revenue = ~_purpose().is_in(OTHER_PURPOSES).fill_null(value=False)
    return {name: amount.filter(is_of_revenue).sum() for name, amount in amounts.items()}


def _other_costs() -> dict[str, pl.Expr]:
    return {
        cost: pl.col("cost_usd").filter(_purpose() == purpose).sum()
        for purpose, cost in zip(OTHER_PURPOSES, OTHER_COSTS, strict=True)
    }


def _plain_sums() -> dict[str, pl.Expr]:
    return {name: pl.col(name).sum() for name in (*REVENUES, "billable_requests")}
