"""The mart `reconciliation`: what each document says against what the ledger holds, to the cent."""

from decimal import Decimal

import polars as pl

from pipelines.metrics.statuses import status_and_reason, verdict

CENT = Decimal("0.01")
KEYS = ("document_id", "document_month", "source_feed", "currency")
TEXTS = ("explanation", "verdict", "status", "reason")
AMOUNTS = (
    "document_amount",
    "ledger_amount",
    "difference_amount",
    "unmatched_amount",
    "unconverted_amount",
)
LOGGED = ("billed_api_usd", "logged_usd", "logged_difference_usd")


def reconciliation(documents: pl.LazyFrame) -> pl.LazyFrame:
    """One row per document, month and currency: its amount, the ledger's, and the difference.

    difference = document amount - ledger amount, billed, in the document's own currency; a document
    without any line in the ledger has a ledger amount of 0. Verdict `pass` where the difference is
    below one cent, else `breach`; the status says whether the two can be compared at all.

    Null: difference and verdict where the document states no amount (`not_computable`); the logged
    difference where the document bills no model API. An amount without exchange rate makes the row
    `provisional`: the ledger in the reporting currency lacks it.
    """
    booked = documents.with_columns(
        pl.col(
            "ledger_amount", "unmatched_amount", "unconverted_amount", "quarantined_rows"
        ).fill_null(0)
    )
    return (
        booked.with_columns(
            difference_amount=pl.col("document_amount") - pl.col("ledger_amount"),
            logged_difference_usd=pl.col("billed_api_usd") - pl.col("logged_usd"),
        )
        .with_columns(
            *_status(), verdict(_is_tied(), judged=pl.lit(value=True)), explanation=_explanation()
        )
        .select(*KEYS, *TEXTS, *AMOUNTS, *LOGGED, "quarantined_rows")
        .sort("source_feed", "document_id", "document_month", "currency")
    )


def _is_tied() -> pl.Expr:
    return pl.col("difference_amount").abs() < pl.lit(CENT)


def _status() -> list[pl.Expr]:
    return status_and_reason(
        not_computable=[(pl.col("document_amount").is_null(), "no_document_amount")],
        provisional=[(pl.col("unconverted_amount") != 0, "unconverted_amount")],
    )


def _explanation() -> pl.Expr:
    """The outcome in words, then every named amount that is not zero."""
    named = [_unmatched(), _unconverted(), _quarantined()]
    is_unexplained = ~_is_tied() & pl.all_horizontal(part.is_null() for part in named)
    unexplained = pl.when(is_unexplained).then(pl.lit("no named amount explains it"))
    sentences = [_outcome(), *named, unexplained, _logged()]
    return pl.concat_str(sentences, separator="; ", ignore_nulls=True)


def _outcome() -> pl.Expr:
    apart = pl.format(
        "the ledger is {} {} {} the document",
        _places(pl.col("difference_amount").abs()),
        "currency",
        _side(pl.col("difference_amount")),
    )
    return (
        pl.when(_is_tied())
        .then(pl.lit("document and ledger agree to the cent"))
        .when(pl.col("difference_amount").is_null())
        .then(pl.lit("the document states no amount"))
        .otherwise(apart)
    )


def _unmatched() -> pl.Expr:
    return _unless_zero("unmatched_amount", "{} {} of the ledger fits no charge rule")


def _unconverted() -> pl.Expr:
    return _unless_zero(
        "unconverted_amount", "{} {} has no exchange rate into the reporting currency"
    )


def _quarantined() -> pl.Expr:
    rows = pl.col("quarantined_rows")
    return pl.when(rows > 0).then(pl.format("{} rows of its files are in quarantine", rows))


def _logged() -> pl.Expr:
    """How the API cost in the logs compares with the bill; both in the reporting currency."""
    difference = pl.col("logged_difference_usd")
    sentence = pl.format(
        "the logged API cost is {} {} the billed {} in the reporting currency",
        _places(difference.abs()),
        _side(difference),
        _places(pl.col("billed_api_usd")),
    )
    return pl.when(difference.abs() >= pl.lit(CENT)).then(sentence)


def _unless_zero(name: str, sentence: str) -> pl.Expr:
    return pl.when(pl.col(name) != 0).then(pl.format(sentence, _places(pl.col(name)), "currency"))


def _side(difference: pl.Expr) -> pl.Expr:
    return pl.when(difference > 0).then(pl.lit("below")).otherwise(pl.lit("above"))


def _places(amount: pl.Expr) -> pl.Expr:
    """The amount as text with two places."""
    return amount.round(2).cast(pl.Decimal(38, 2)).cast(pl.String)
