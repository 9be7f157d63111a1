"""The mart `traps`: the three traps of AI unit economics, month by month, with what to do."""

import polars as pl

from pipelines.metrics import compute_spirals as spirals
from pipelines.metrics import data_inflation as inflation
from pipelines.metrics import over_retraining as retraining
from pipelines.metrics.compute_spirals import TrapRules

KEY = ["trap", "scope_kind", "scope_id", "usage_month"]
FIXES = {
    spirals.TRAP: "price by usage, tier inference by model, meter tokens",
    inflation.TRAP: "collect only what is used, deduplicate before labelling, retire old data",
    retraining.TRAP: "retrain only where 2 to 3 points can be gained, at the economic interval",
}
EXCEPTION = ("accepted_from_date", "accepted_until_date")
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("trap", "scope_id"), pl.String),
    **dict.fromkeys(("usage_month", "half_margin_date", "zero_margin_date"), pl.Date),
    **dict.fromkeys(
        ("scope_kind", "evidence", "driver", "fix", "unit", "exception_reason", "status", "reason"),
        pl.String,
    ),
    **dict.fromkeys(("at_stake_usd", "duplicate_usd", "unused_usd"), pl.Decimal(38, 12)),
    **dict.fromkeys(("value", "ci_low", "ci_high"), pl.Float64),
    "observation_count": pl.Int64,
    **dict.fromkeys(
        (
            f"{name}_months{end}"
            for name in ("half_margin", "zero_margin")
            for end in ("", "_ci_low", "_ci_high")
        ),
        pl.Float64,
    ),
    **dict.fromkeys(("is_flagged", "is_accepted"), pl.Boolean),
}
FIGURES = (
    *("evidence", "driver", "at_stake_usd", "duplicate_usd", "unused_usd", "is_flagged"),
    *(name for name in SCHEMA if name.endswith("_date") or "margin_months" in name),
)


def traps(
    margins: pl.LazyFrame,
    bridge: pl.LazyFrame,
    scores: pl.LazyFrame,
    dataset_months: pl.LazyFrame,
    verdicts: pl.LazyFrame,
    exceptions: pl.LazyFrame,
    *,
    rules: TrapRules,
) -> pl.LazyFrame:
    """One row per trap, scope and month: flagged or not, the evidence, dollars at stake, the fix.

    Compute spiral: inference cost outgrows revenue beyond chance and the margin falls. Data
    inflation: data got dearer while its efficiency fell in 2 of 3 months. Over-retraining: a
    retrain that did not gain what justifies one. An accepted exception stays visible.

    Null: everything but the key where history is too short or the metric beneath is not computable;
    what belongs to another trap. Source: the article's three traps.
    """
    found = [
        spirals.compute_spirals(margins, bridge, rules),
        inflation.data_inflation(scores, dataset_months, rules),
        retraining.over_retraining(verdicts),
    ]
    rows = pl.concat([_in_schema(trap) for trap in found])
    return (
        rows.join(_accepted(rows, exceptions), on=KEY, how="left", validate="m:1")
        .with_columns(
            is_accepted=pl.col("exception_reason").is_not_null(),
            fix=pl.col("trap").replace_strict(FIXES, return_dtype=pl.String),
        )
        .select(*SCHEMA)
        .sort("usage_month", "trap", "scope_kind", "scope_id")
    )


def _in_schema(trap: pl.LazyFrame) -> pl.LazyFrame:
    """The columns all traps share; what a trap does not have, or cannot know, is null."""
    has = set(trap.collect_schema().names())
    own = set(SCHEMA) - {"fix", "exception_reason", "is_accepted"}
    filled = trap.with_columns(
        **{name: pl.lit(None, dtype=SCHEMA[name]) for name in own - has}
    ).with_columns(*_status())
    is_known = pl.col("status") != "not_computable"
    figures = [
        pl.when(is_known).then(pl.col(name).cast(SCHEMA[name])).alias(name) for name in FIGURES
    ]
    names = [name for name in SCHEMA if name in own]
    return filled.with_columns(figures).select(pl.col(n).cast(SCHEMA[n]) for n in names)


def _status() -> list[pl.Expr]:
    """As the metric beneath; too short a history is not computable, an open month not judged."""
    is_open = pl.col("reason").eq_missing("incomplete_month")
    is_short = pl.col("short_history") & (pl.col("status") != "not_computable")
    status = (
        pl.when(is_short & ~is_open)
        .then(pl.lit("not_computable"))
        .when(is_open)
        .then(pl.lit("provisional"))
        .otherwise("status")
    )
    reason = pl.when(is_short & ~is_open).then(pl.lit("short_history")).otherwise("reason")
    return [status.alias("status"), reason.alias("reason")]


def _accepted(rows: pl.LazyFrame, exceptions: pl.LazyFrame) -> pl.LazyFrame:
    """The reasons of the exceptions that hold in a month; an open end holds for good."""
    scope, month = KEY[:-1], pl.col("usage_month")
    holds = (month >= pl.col("accepted_from_date")) & (
        pl.col("accepted_until_date").is_null() | (month <= pl.col("accepted_until_date"))
    )
    allowed = exceptions.with_columns(pl.col(EXCEPTION).cast(pl.Date))
    pairs = rows.select(KEY).unique().join(allowed, on=scope, how="inner").filter(holds)
    return pairs.sort("accepted_from_date").group_by(KEY).agg(pl.col("exception_reason").first())
