"""The mart `metric_readiness`: what each metric needs, lacks, and would gain."""

import polars as pl

from pipelines.metrics.statuses import status_and_reason

KEYS = ("metric", "mart")
TEXTS = (
    "required_feeds",
    "missing_feeds",
    "improving_feeds_missing",
    "would_unlock",
    "status",
    "reason",
)


def metric_readiness(metric_inputs: pl.LazyFrame, coverage: pl.LazyFrame) -> pl.LazyFrame:
    """One row per metric: whether its feeds have rows, and what loading the missing would unlock.

    A `required` feed must be there; of the `any_of` feeds of a metric one is enough; an `improves`
    feed only makes the number better. A feed is there when it has at least one row. Ready is not
    yet computable: a month may still lack what a ratio divides by, and its mart says so.

    Null: `missing_feeds`, `improving_feeds_missing`, `would_unlock` where nothing is missing.
    Errors: a feed that stands twice in the coverage is refused, its row count being ambiguous.
    """
    missing = pl.concat_str(pl.lit("missing_feeds: "), pl.col("missing_feeds"))
    return (
        _with_presence(metric_inputs, coverage)
        .group_by(*KEYS)
        .agg(**_feeds())
        .with_columns(
            required_feeds=_listed("required", "alternatives"),
            missing_feeds=_listed("missing", "missing_alternatives"),
        )
        .with_columns(
            status_and_reason(not_computable=[(pl.col("missing_feeds").is_not_null(), missing)]),
            is_ready=pl.col("missing_feeds").is_null(),
        )
        .select(*KEYS, *TEXTS, "is_ready")
        .sort(KEYS)
    )


def _with_presence(metric_inputs: pl.LazyFrame, coverage: pl.LazyFrame) -> pl.LazyFrame:
    """The inputs with `is_loaded`, and `is_wanted`: loading the feed would change something."""
    loaded = coverage.select("feed", is_loaded=pl.col("row_count").fill_null(0) > 0)
    is_alternative = pl.col("requirement") == "any_of"
    has_alternative = (is_alternative & pl.col("is_loaded")).any().over(*KEYS)
    return (
        metric_inputs.join(loaded, on="feed", how="left", validate="m:1")
        .with_columns(pl.col("is_loaded").fill_null(value=False))
        .with_columns(is_wanted=~pl.col("is_loaded") & ~(is_alternative & has_alternative))
    )


def _feeds() -> dict[str, pl.Expr]:
    requirement, is_wanted = pl.col("requirement"), pl.col("is_wanted")
    wish = pl.format("{}: {}", pl.col("feed"), pl.col("unlocks"))
    return {
        "required": _joined(pl.col("feed"), requirement == "required", ", "),
        "alternatives": _joined(pl.col("feed"), requirement == "any_of", " or "),
        "missing": _joined(pl.col("feed"), is_wanted & (requirement == "required"), ", "),
        "missing_alternatives": _joined(
            pl.col("feed"), is_wanted & (requirement == "any_of"), " or "
        ),
        "improving_feeds_missing": _joined(
            pl.col("feed"), is_wanted & (requirement == "improves"), ", "
        ),
        "would_unlock": _joined(wish, is_wanted, "; "),
    }


def _joined(text: pl.Expr, chosen: pl.Expr, separator: str) -> pl.Expr:
    """The chosen texts in alphabetical order, joined; null where none was chosen."""
    joined = text.filter(chosen).sort().str.join(separator)
    return pl.when(chosen.any()).then(joined)


def _listed(*names: str) -> pl.Expr:
    """Two lists as one, null where both are null."""
    is_empty = pl.all_horizontal(pl.col(name).is_null() for name in names)
    return pl.when(~is_empty).then(pl.concat_str(names, separator=", ", ignore_nulls=True))
