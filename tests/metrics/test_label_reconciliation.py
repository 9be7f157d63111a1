"""Label reconciliation: every item invoiced was delivered and not rejected, or the row says so."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pipelines.metrics.label_reconciliation import label_reconciliation

MONEY = pl.Decimal(38, 12)
SCHEMA = {
    "batch_id": pl.String,
    "dataset_id": pl.String,
    "delivered_date": pl.Date,
    "first_invoiced_date": pl.Date,
    "currency": pl.String,
    "invoiced_item_count": MONEY,
    "delivered_item_count": pl.Int64,
    "rejected_item_count": pl.Int64,
    "invoiced_amount": MONEY,
}
BATCH = {
    "batch_id": "batch-14",
    "dataset_id": "emotions",
    "delivered_date": date(2026, 9, 28),
    "first_invoiced_date": date(2026, 9, 30),
    "currency": "EUR",
    "invoiced_item_count": Decimal(4960),
    "delivered_item_count": 5000,
    "rejected_item_count": 40,
    "invoiced_amount": Decimal("59.52"),
}


def reconciled(*, is_delivered: bool = True, **changes: object) -> dict[str, object]:
    """The mart's row of one batch that ties, but for the changes."""
    batches = pl.LazyFrame([{**BATCH, **changes}], schema=SCHEMA)
    coverage = pl.LazyFrame({"feed": ["label_batches"], "row_count": [int(is_delivered)]})
    return label_reconciliation(batches, coverage).collect().row(0, named=True)


def test_a_batch_invoiced_as_delivered_less_rejected_passes() -> None:
    row = reconciled()
    assert (row["payable_item_count"], row["difference_item_count"]) == (5000 - 40, 0)
    assert (row["difference_amount"], row["verdict"], row["status"]) == (0, "pass", "ok")


def test_rejected_items_that_were_invoiced_are_too_much() -> None:
    row = reconciled(invoiced_item_count=Decimal(5000), invoiced_amount=Decimal("60.00"))
    assert row["difference_item_count"] == 5000 - 4960
    assert row["difference_amount"] == pytest.approx(40 * 60 / 5000)
    assert row["verdict"] == "breach"


def test_a_batch_that_never_came_is_owed_nothing() -> None:
    row = reconciled(delivered_item_count=None, rejected_item_count=None, delivered_date=None)
    assert (row["payable_item_count"], row["difference_item_count"]) == (0, 4960)
    assert row["difference_amount"] == pytest.approx(59.52)
    assert (row["verdict"], row["status"]) == ("breach", "ok")


def test_a_batch_without_an_invoice_may_still_be_invoiced() -> None:
    row = reconciled(currency=None, invoiced_item_count=None, invoiced_amount=None)
    assert (row["status"], row["reason"]) == ("provisional", "not_invoiced_yet")
    assert (row["difference_item_count"], row["difference_amount"]) == (-4960, None)
    assert row["verdict"] is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"batch_id": "(no batch)"}, "no_batch_on_line"),
        ({"invoiced_item_count": None}, "no_quantity_on_line"),
        ({"is_delivered": False}, "missing_feeds: label_batches"),
    ],
)
def test_what_cannot_be_compared_says_why(changes: dict[str, object], reason: str) -> None:
    row = reconciled(**changes)
    assert (row["status"], row["reason"]) == ("not_computable", reason)
    assert (row["difference_item_count"], row["verdict"]) == (None, None)


def test_twice_the_money_is_twice_the_difference() -> None:
    once = reconciled(invoiced_item_count=Decimal(5000), invoiced_amount=Decimal(60))
    twice = reconciled(invoiced_item_count=Decimal(5000), invoiced_amount=Decimal(120))
    assert twice["difference_amount"] == pytest.approx(2 * float(str(once["difference_amount"])))
    assert twice["difference_item_count"] == once["difference_item_count"]
