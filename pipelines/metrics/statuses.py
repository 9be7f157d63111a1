"""The words every metric row carries beside its number: status, reason and verdict."""

from collections.abc import Sequence

import polars as pl

Rule = tuple[pl.Expr, str | pl.Expr]

INCOMPLETE_MONTH: Rule = (~pl.col("is_complete").fill_null(value=False), "incomplete_month")
UNCONVERTED_LINES: Rule = (pl.col("unconverted_lines") > 0, "unconverted_amount")
UNPRICED_REQUESTS: Rule = (pl.col("unpriced_requests") > 0, "unpriced_requests")
MISSING_FEEDS: Rule = (pl.col("missing_feeds").is_not_null(), pl.col("missing_feeds"))
STRADDLES_GOAL: Rule = (pl.col("verdict") == "inconclusive", "interval_straddles_goal")


def first_reason(rules: Sequence[Rule]) -> pl.Expr:
    """The reason of the first rule whose condition holds; null where none does."""
    reasons = [
        pl.when(condition).then(pl.lit(reason) if isinstance(reason, str) else reason)
        for condition, reason in rules
    ]
    return pl.coalesce(pl.lit(None, dtype=pl.String), *reasons)


def status_and_reason(
    *,
    not_computable: Sequence[Rule],
    provisional: Sequence[Rule] = (),
    inconclusive: Sequence[Rule] = (),
) -> list[pl.Expr]:
    """Columns `status` and `reason`; the reason is null exactly where the status is `ok`.

    Within a list the first rule that holds names the reason; what cannot be computed outranks
    what is provisional, and that what is inconclusive.
    """
    missing, pending = first_reason(not_computable), first_reason(provisional)
    undecided = first_reason(inconclusive)
    status = (
        pl.when(missing.is_not_null())
        .then(pl.lit("not_computable"))
        .when(pending.is_not_null())
        .then(pl.lit("provisional"))
        .when(undecided.is_not_null())
        .then(pl.lit("inconclusive"))
        .otherwise(pl.lit("ok"))
    )
    return [status.alias("status"), pl.coalesce(missing, pending, undecided).alias("reason")]


def verdict(passes: pl.Expr, *, judged: pl.Expr) -> pl.Expr:
    """Column `verdict`: `pass` or `breach`; null where not judged or not comparable."""
    outcome = pl.when(passes).then(pl.lit("pass")).when(~passes).then(pl.lit("breach"))
    return pl.when(judged).then(outcome).alias("verdict")


def feed_is_loaded(coverage: pl.LazyFrame, feed: str) -> pl.LazyFrame:
    """One row with the column `has_<feed>`; false for a feed without rows or not declared."""
    is_loaded = (pl.col("feed") == feed) & (pl.col("row_count") > 0)
    return coverage.select(is_loaded.any().alias(f"has_{feed}"))


def missing_feeds(coverage: pl.LazyFrame, *feeds: str) -> pl.LazyFrame:
    """One row with the column `missing_feeds`: the reason that names them; null where none is.

    A feed is there when it has at least one row.
    """
    has_rows = pl.col("row_count") > 0
    names = [
        pl.when(~((pl.col("feed") == feed) & has_rows).any()).then(pl.lit(feed))
        for feed in sorted(feeds)
    ]
    listed = pl.concat_str(names, separator=", ", ignore_nulls=True)
    reason = pl.when(listed != "").then(pl.concat_str(pl.lit("missing_feeds: "), listed))
    return coverage.select(reason.alias("missing_feeds"))
