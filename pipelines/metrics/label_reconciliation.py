"""The mart `label_reconciliation`: labels that were invoiced against labels that came."""

import polars as pl

from pipelines.metrics.ratio import ratio
from pipelines.metrics.statuses import feed_is_loaded, status_and_reason, verdict

KEYS = ("batch_id", "dataset_id", "delivered_date", "currency")
TEXTS = ("verdict", "status", "reason")
ITEMS = (
    "invoiced_item_count",
    "delivered_item_count",
    "rejected_item_count",
    "payable_item_count",
    "difference_item_count",
)
NO_BATCH = "(no batch)"


def label_reconciliation(batches: pl.LazyFrame, coverage: pl.LazyFrame) -> pl.LazyFrame:
    """One row per batch of labels and currency: invoiced, delivered, rejected, difference.

    payable = delivered - rejected, zero for a batch that never came; difference = invoiced -
    payable items, and that at the batch's average invoiced price per item. Verdict `pass` where
    nothing differs.

    Null: difference and verdict where the invoice names no batch or no quantity, or no delivery is
    on record at all; the amount where no item was invoiced. A batch without an invoice is
    `provisional`: it may still come.
    """
    items = pl.col("invoiced_item_count").fill_null(0)
    payable = (pl.col("delivered_item_count") - pl.col("rejected_item_count")).fill_null(0)
    price = ratio(pl.col("invoiced_amount"), pl.col("invoiced_item_count"))
    is_comparable = pl.col("status") != "not_computable"
    difference = pl.when(is_comparable).then(items - pl.col("payable_item_count"))
    return (
        batches.join(feed_is_loaded(coverage, "label_batches"), how="cross")
        .with_columns(*_status(), payable_item_count=payable)
        .with_columns(difference_item_count=difference.cast(pl.Float64))
        .with_columns(
            verdict(pl.col("difference_item_count") == 0, judged=pl.col("status") == "ok"),
            pl.col("invoiced_item_count").cast(pl.Float64),
            difference_amount=pl.col("difference_item_count") * price,
        )
        .select(*KEYS, *TEXTS, *ITEMS, "invoiced_amount", "difference_amount")
        .sort("batch_id", "currency", nulls_last=True)
    )


def _status() -> list[pl.Expr]:
    is_invoiced = pl.col("currency").is_not_null()
    no_quantity = is_invoiced & pl.col("invoiced_item_count").is_null()
    return status_and_reason(
        not_computable=[
            (~pl.col("has_label_batches"), "missing_feeds: label_batches"),
            (pl.col("batch_id") == NO_BATCH, "no_batch_on_line"),
            (no_quantity, "no_quantity_on_line"),
        ],
        provisional=[(~is_invoiced, "not_invoiced_yet")],
    )
